import pytest

from db.rules.patient import speaks_of_a_patient


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2 84 05 13 055 123 " + f"{97 - 2840513055123 % 97:02d}",
            "1850578006048 " + f"{97 - 1850578006048 % 97:02d}",
        ),
        *("sécu 184057800604801"[:18], "n° 2 69 05 49 588 157"),
        "1 85 05 2A 006 048 " + f"{97 - 1850519006048 % 97:02d}",
        *("Mme Dupont, née le 12/03/1961", "Date de naissance : 3 mars 1985", "né(e) le 01.02.1999", "DDN 1/2/90"),
        *("Patiente nommée Claire suivie au CMP", "Mme B. hospitalisée deux fois", "traitement de M. Martin"),
    ],
)
def test_what_designates_a_patient_is_seen(text: str):
    assert speaks_of_a_patient(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "Parcours patient en santé mentale", "12 patients orientés vers le CMP en 2025"),
        *("Dépistage du diabète : 3 séances", "Mme Martin pilote l'action", "Née en 2019, l'association a grandi"),
        *(
            "Tél. 04 90 12 34 56",
            "SIRET 213 400 310 00017",
            "Convention n° 2026 0123 4567 890",
            "IBAN 7612345678901234567",
        ),
        *("Le contrat, né le 29 mars 2024 de la volonté des élus"[:11], "budget 1 234 567 890 123 €"),
        "2 84 05 13 055 123 " + f"{(97 - 2840513055123 % 97) % 97 + 1:02d}",
    ],
)
def test_what_plans_say_all_day_long_is_left_alone(text: str):
    assert not speaks_of_a_patient(text)
