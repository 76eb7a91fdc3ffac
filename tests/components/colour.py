"""The ruler of colours: contrast (WCAG 2) and distance (CIE76) as each kind of eye sees them (Machado 2009, full)."""

from math import dist

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]

VISIONS: dict[str, Matrix] = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
XYZ: Matrix = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
WHITE: Triple = (0.95047, 1.0, 1.08883)


def _linear(hexadecimal: str) -> Triple:
    channels = (int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue


def _times(matrix: Matrix, vector: Triple) -> Triple:
    x, y, z = (sum(m * v for m, v in zip(row, vector, strict=True)) for row in matrix)
    return x, y, z


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two hexadecimal colours, from 1 to 21."""
    dark, light = sorted(_times(XYZ, _linear(c))[1] for c in (one, other))
    return (light + 0.05) / (dark + 0.05)


def _lab(hexadecimal: str, vision: str) -> Triple:
    red, green, blue = (min(1.0, max(0.0, c)) for c in _times(VISIONS[vision], _linear(hexadecimal)))
    ratios = (v / w for v, w in zip(_times(XYZ, (red, green, blue)), WHITE, strict=True))
    x, y, z = (r ** (1 / 3) if r > 0.008856 else 7.787 * r + 16 / 116 for r in ratios)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: str, other: str, vision: str) -> float:
    """How far two colours are for this vision: about 2 is the least anybody sees, 25 is safe in a chart."""
    return dist(_lab(one, vision), _lab(other, vision))
