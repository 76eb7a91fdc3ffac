"""The texts that the law asks of an installation: what is supplied, what is still to be filled in, how they read.

A text is written in plain lines: « # » opens a heading, « - » an item of a list, a blank line separates paragraphs.
Nothing else has a meaning, so that whatever is typed is shown as it was typed.
"""

import re
from dataclasses import dataclass

from db.rules.vocabulary import Labelled

LONGEST = 20_000
BLANK = re.compile(r"\[à compléter[^\]]*\]", re.I)


class LegalText(Labelled):
    """The texts that an installation writes for itself; the code is the word of the address."""

    NOTICES = "mentions-legales", "Mentions légales"
    PERSONAL_DATA = "donnees-personnelles", "Données personnelles"
    COOKIES = "cookies", "Cookies"
    ACCESSIBILITY = "accessibilite", "Accessibilité"


SITE_MAP = ("plan-du-site", "Plan du site")
"""The address and the title of the page that lists the others."""
FOOTER = {
    **{text.value: text.label_fr for text in LegalText},
    LegalText.ACCESSIBILITY.value: "Accessibilité : non conforme",
    SITE_MAP[0]: SITE_MAP[1],
}
"""What the foot of every page leads to, by address. No rate is announced that nobody has audited."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph (its lines apart), or a list (its items)."""

    kind: str
    lines: tuple[str, ...]


HEADING, PARAGRAPH, LIST = "heading", "paragraph", "list"


@dataclass(frozen=True, slots=True)
class Written:
    """A legal text as it stands: what it says, and whether it is still the one that Balise supplies."""

    name: LegalText
    text: str
    is_supplied: bool

    @property
    def blanks(self) -> int:
        """How many places are still to be filled in."""
        return len(BLANK.findall(self.text))

    @property
    def is_ready(self) -> bool:
        """Whether nothing is left to fill in: what is supplied of cookies is true as it stands."""
        return not self.blanks


def blocks(text: str) -> tuple[Block, ...]:
    """The text as headings, paragraphs and lists, in order."""
    found: list[Block] = []
    for part in re.split(r"\n[ \t]*\n+", text.strip()):
        for line in filter(None, map(str.strip, part.splitlines())):
            kind, said = _read(line)
            same = found and found[-1].kind == kind and kind != HEADING and _goes_on(found[-1], line, part)
            if same:
                found[-1] = Block(kind, (*found[-1].lines, said))
            else:
                found.append(Block(kind, (said,)))
    return tuple(found)


def _read(line: str) -> tuple[str, str]:
    if line.startswith("# "):
        return HEADING, line[2:].strip()
    if line.startswith("- "):
        return LIST, line[2:].strip()
    return PARAGRAPH, line


def _goes_on(before: Block, line: str, part: str) -> bool:
    """Items go on across blank lines; a paragraph only inside its own."""
    return before.kind == LIST or not part.strip().startswith(line)


SUPPLIED: dict[LegalText, str] = {
    LegalText.NOTICES: """\
# Éditeur
Ce site est édité par [à compléter : nom de la collectivité ou de l'association, adresse, téléphone, courriel].
Directrice ou directeur de la publication : [à compléter : nom et fonction].

# Hébergement
Ce site est hébergé par [à compléter : nom ou raison sociale de l'hébergeur, adresse, téléphone].

# Nous écrire
Une question, une erreur, une faille de sécurité : [à compléter : adresse électronique d'une personne qui répond].
Pour une faille, dites où elle se trouve et comment la reproduire, sans la rendre publique avant qu'elle soit corrigée.

# Logiciel
Ce site est fait avec Balise, un logiciel libre. Les contours géographiques viennent des données publiques de l'IGN.
""",
    LegalText.PERSONAL_DATA: """\
# Qui est responsable
Le responsable du traitement est [à compléter : nom de la collectivité ou de l'association].
Délégué à la protection des données : [à compléter : nom, adresse électronique].

# Pourquoi ces données
Suivre et évaluer une démarche territoriale de santé : savoir qui pilote, qui participe, qui a décidé et qui a écrit.
Base légale : [à compléter : mission d'intérêt public pour une collectivité, intérêt légitime pour une association].

# Quelles données
- Des contacts professionnels : nom, fonction, structure, adresse électronique et téléphone professionnels, d'où ils \
viennent et depuis quand.
- Les comptes : identifiant, rôle, mot de passe sous une forme que personne ne peut relire, connexions ouvertes.
- Le journal : chaque modification, sa date et le compte qui l'a faite.
Aucune donnée de patient n'a sa place ici.

# Combien de temps
- Les contacts sont relus tous les deux ans, et effacés quand ils ne servent plus.
- Une connexion se ferme d'elle-même ; son compte est désactivé au départ de la personne.
- Le journal est gardé le temps de la démarche, puis suit les règles des archives publiques : il ne contient ni nom ni \
coordonnées, seulement une fonction.
- Les sauvegardes gardent ce qui a été effacé jusqu'à [à compléter : la durée de garde de vos sauvegardes].

# Qui les voit
Les personnes qui ont un compte, chacune selon son rôle. Rien n'est envoyé ailleurs : ni mesure d'audience, ni service \
extérieur. Hébergeur et sous-traitants : [à compléter].

# Vos droits
Vous pouvez demander à voir, corriger, recevoir ou effacer ce qui vous concerne, ou vous y opposer : [à compléter : \
adresse à laquelle écrire]. Vous pouvez aussi saisir la CNIL, www.cnil.fr.
""",
    LegalText.COOKIES: """\
Ce site n'a ni mesure d'audience, ni publicité, ni contenu venu d'ailleurs. Il n'y a donc rien à accepter ni à refuser.

# Ce que votre navigateur garde
- La connexion (« balise_session ») : pour savoir que c'est vous, jusqu'à ce que vous sortiez ou que le temps soit \
passé. Sans mot de passe demandé, elle n'existe pas.
- Le temps de choisir un mot de passe (« balise_acces ») : une demi-heure au plus.
- La protection des fichiers déposés (« _streamlit_xsrf ») : pour qu'un autre site n'en dépose pas à votre place.
- Vos préférences d'affichage, gardées dans le navigateur et envoyées à personne.

Tous sont nécessaires au service que vous demandez : ils sont dispensés de consentement.
""",
    LegalText.ACCESSIBILITY: """\
[à compléter : nom de la collectivité ou de l'association] s'engage à rendre ce site accessible, conformément à \
l'article 47 de la loi n° 2005-102 du 11 février 2005.

# État de conformité
Ce site est non conforme au référentiel général d'amélioration de l'accessibilité (RGAA), faute d'audit : personne n'a \
encore vérifié, critère par critère, qu'il le respecte.

# Ce que l'on sait
- Chaque graphique a une phrase qui dit ce qu'il montre et un tableau des mêmes valeurs.
- Tout se fait au clavier. Les couleurs ne portent jamais seules une information.
- Quelques mots des composants du site restent en anglais pour les lecteurs d'écran.
- Les grilles de saisie se lisent mal au lecteur d'écran : un formulaire fait la même chose.
Cette déclaration a été établie avec le logiciel, le 25 novembre 2026, par des vérifications automatiques seules.

# Nous écrire
Si quelque chose vous est inaccessible, écrivez à [à compléter : adresse électronique, téléphone] : vous recevrez \
l'information autrement.

# Si vous n'avez pas de réponse
Vous pouvez vous adresser au Défenseur des droits : www.defenseurdesdroits.fr, 09 69 39 00 00, ou par courrier \
gratuit, sans affranchir : Défenseur des droits, Libre réponse 71120, 75342 Paris CEDEX 07.
""",
}


def as_written(name: LegalText, held: str | None) -> Written:
    """The text that is shown: the installation's own when it has one, else the one supplied."""
    text = held if held is not None else SUPPLIED[name]
    return Written(name, text, text.strip() == SUPPLIED[name].strip())
