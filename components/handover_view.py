"""« Passer la main »: who coordinates, what would pass, the form that passes it, and what nobody holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from components import formats, notices, workspace
from components.forms import Form
from components.text import escape
from db.rules.dates import first_day
from db.rules.forms import Written
from db.rules.handover import Candidate, Held, Holder, Post, Unheld
from db.rules.reading_dates import read_date
from db.rules.vacancy import Span, vacant_since

PAGE, OPEN, NOBODY, VACANCY = "handover.py", "poste", "aucun", "vacance"
TO_NOBODY = "Personne pour l'instant : le poste est vacant"
FIRST, A_DATE = 10, "1/11/2026, 4 janvier 2027"
SUSPENDED = (
    "Tant que la coordination est vacante, aucun rappel ne part et aucune fiche n'est dite sans nouvelles ; ensuite, "
    "les jours de vacance ne comptent pas dans le silence. Une échéance dépassée reste un fait."
)
CLOSED = "La main se passe par qui coordonne la démarche, pour son propre poste, ou par qui administre Balise."
Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page needs: the démarche, its post, whether people have accounts, and the commands."""

    initiative_id: int
    post: Post
    by_accounts: bool
    hand_over: Command
    declare: Command
    end: Command

    @property
    def vacant_since(self) -> date | None:
        """Since when nobody coordinates; None when somebody does."""
        return vacant_since(self.post.vacancies, self.post.on)


def closed() -> None:
    """For who may not hand the post over."""
    st.info(CLOSED, icon=":material/lock:")


def show(desk: Desk) -> None:
    """Where the post stands, who holds it and what, and the form that the address opens."""
    since = desk.vacant_since
    if since is not None:
        st.warning(f"**{vacant_words(since)}.** {SUSPENDED}", icon=":material/person_off:")
    asked = st.query_params.get(OPEN)
    if asked == VACANCY:
        _vacancy_form(desk, since)
        return
    holder = next((one for one in desk.post.holders if str(one.account_id) == asked), None)
    if holder is not None or (asked == NOBODY and since is not None and desk.post.administers):
        _form(desk, holder)
        return
    for one in desk.post.holders:
        _card(desk, one)
    _other_doors(desk, since)


def vacant_words(since: date) -> str:
    """« Coordination vacante depuis le 1er novembre 2026 »."""
    return f"Coordination vacante depuis le {formats.day(since)}"


def _card(desk: Desk, holder: Holder) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"holder_{holder.account_id}"):
        me = " · :gray[c'est vous]" if holder.is_me else ""
        who = f"**{escape(holder.function)}**{me} · {role_words(holder, desk.post.on)}"
        st.markdown(f"{who}  \n:gray[{held_words(holder.held)}]", width="stretch")
        st.button(
            verb(desk),
            icon=":material/handshake:",
            key=f"pass_{holder.account_id}",
            on_click=_open,
            args=(str(holder.account_id),),
        )


def verb(desk: Desk) -> str:
    """What giving the post to somebody is called: nobody hands over what is vacant."""
    return "Passer la main" if desk.vacant_since is None else "Donner le poste"


def role_words(holder: Holder, on: date) -> str:
    """« coordonne depuis le 1er janvier 2025, jusqu'au 31 octobre 2026 »."""
    if holder.starts_on is None:
        return f"a coordonné jusqu'au {formats.day(holder.ends_on)}" if holder.ends_on else "administre Balise"
    verb = "coordonnera à partir du" if holder.starts_on > on else "coordonne depuis le"
    until = f", jusqu'au {formats.day(holder.ends_on)}" if holder.ends_on else ""
    everywhere = ", toutes les démarches" if holder.is_everywhere else ""
    return f"{verb} {formats.day(holder.starts_on)}{until}{everywhere}"


def held_words(held: Held) -> str:
    """« Tient ici : 3 rappels, 2 brouillons, 4 décisions ouvertes et un lien de réponse »."""
    told = held_list(held)
    return f"Tient ici : {told}" if told else "Ne tient rien ici qui doive passer"


def held_list(held: Held) -> str:
    """« 3 rappels, 2 brouillons et 1 décision ouverte »; nothing when nothing is held."""
    counts = (
        (held.reminders, "rappel", "rappels"),
        (held.drafts, "brouillon", "brouillons"),
        (held.decisions, "décision ouverte", "décisions ouvertes"),
        (held.links, "lien de réponse", "liens de réponse"),
    )
    return formats.listing([formats.plural(count, one, several) for count, one, several in counts if count])


def _other_doors(desk: Desk, since: date | None) -> None:
    """Naming somebody to a post that nobody left, and what is noted where nobody has an account."""
    if not desk.post.holders and desk.by_accounts and since is None:
        st.markdown("Personne n'a de rôle de coordination dans cette démarche : il se donne dans « Accès ».")
    if not desk.by_accounts:
        st.markdown(
            "Cette installation s'ouvre sans mot de passe : une seule personne y travaille, il n'y a personne à qui "
            "passer la main. La vacance du poste se note ici, pour que les pages la disent."
        )
    with st.container(horizontal=True):
        if since is not None and desk.by_accounts and desk.post.administers and not desk.post.holders:
            st.button("Nommer quelqu'un", icon=":material/person_add:", key="name", on_click=_open, args=(NOBODY,))
        if since is not None or not any(holder.starts_on for holder in desk.post.holders):
            label = "Noter que la coordination a repris" if since else "Noter que la coordination est vacante"
            st.button(label, icon=":material/event_busy:", key="vacancy", on_click=_open, args=(VACANCY,))
    if desk.post.was_taken:
        st.page_link("taking_over.py", label="Relire votre prise de poste", icon=":material/handshake:")


def _open(what: str) -> None:
    st.query_params.pop(workspace.DRAFT, None)
    st.query_params[OPEN] = what


def _close() -> None:
    for name in (OPEN, workspace.DRAFT):
        st.query_params.pop(name, None)


def _form(desk: Desk, holder: Holder | None) -> None:
    """To whom, from when, until when, with what word; before it, what will pass."""
    others = [one for one in desk.post.candidates if holder is None or one.account_id != holder.account_id]
    people = candidate_labels(others)
    choices = [*people, TO_NOBODY] if holder is not None and desk.vacant_since is None else list(people)
    key = holder.account_id if holder else NOBODY
    form = Form(workspace.draft(f"handover:{desk.initiative_id}:{key}"))
    with st.container(border=True, key="handover_form"):
        st.header(title(desk, holder), anchor=False)
        st.markdown(what_passes(holder, is_vacant=desk.vacant_since is not None))
        form.resumed()
        form.choice("to", "À qui", choices)
        _no_one_else(desk, others)
        form.line("starts", "À partir du", placeholder=A_DATE, width=280)
        form.line("ends", "Jusqu'au, pour un intérim ; vide pour un successeur", placeholder=A_DATE, width=420)
        form.area(
            "word", "Un mot pour qui prend le poste", placeholder="Ce qui presse, où sont les dossiers, qui appeler"
        )
        if holder is not None and desk.post.administers and desk.by_accounts:
            form.tick("closes", "Tous les rôles de cette personne prennent fin la veille")
        save = partial(_save, desk, holder, people, form.draft.key)
        form.actions(verb(desk), save, _close)


def title(desk: Desk, holder: Holder | None) -> str:
    """« Passer la main : Coordinatrice du CLS », « Donner le poste laissé par Coordinatrice du CLS »."""
    if holder is None:
        return verb(desk)
    link = f"{formats.NBSP}: " if desk.vacant_since is None else " laissé par "
    return f"{verb(desk)}{link}{escape(holder.function)}"


def what_passes(holder: Holder | None, *, is_vacant: bool) -> str:
    """What the act will do, before it is done."""
    if holder is None:
        return "Le poste passe à cette personne, avec ce que les précédentes lui ont laissé."
    told = held_list(holder.held)
    what = f"**Passent avec le poste : {told}.** " if told else "Rien n'est tenu ici qui doive passer avec le poste. "
    if is_vacant:
        return f"{what}La vacance prend fin la veille du jour que vous écrivez ; ses dates restent notées."
    return (
        f"{what}Le rôle de coordination prend fin la veille du jour que vous écrivez ; ce qui a été écrit reste, signé "
        "de qui l'a écrit. Sans successeur, tout attend la personne qui viendra."
    )


def _no_one_else(desk: Desk, others: Sequence[Candidate]) -> None:
    """How somebody who has no access yet is given one."""
    if desk.post.administers:
        st.page_link("access.py", label="Inviter quelqu'un qui n'a pas encore d'accès", icon=":material/person_add:")
    elif others:
        st.caption(
            "Cette liste est celle des personnes qui ont déjà un accès ici ; les autres s'invitent par qui administre."
        )
    else:
        st.caption("Personne d'autre n'a d'accès ici : demandez à qui administre Balise d'inviter qui prend le poste.")


def candidate_labels(people: Sequence[Candidate]) -> dict[str, int]:
    """The people by the words of a list: their function, and their login where two have the same."""
    functions = [one.function for one in people]
    return {
        one.function if functions.count(one.function) == 1 else f"{one.function} ({one.login})": one.account_id
        for one in people
    }


def _save(desk: Desk, holder: Holder | None, people: dict[str, int], draft: str, typed: dict[str, Written]) -> None:
    to = str(typed["to"] or "")
    if to not in people and to != TO_NOBODY:
        notices.refuse("Dites à qui passe le poste, ou qu'il est vacant. Rien n'a été changé.")
        return
    told = done_words(to if to in people else None, str(typed["starts"] or ""), holder, desk.post.on)
    done = workspace.act(
        desk.hand_over,
        closes=draft,
        told=told if desk.post.administers else None,
        initiative_id=desk.initiative_id,
        from_account_id=holder.account_id if holder else None,
        to_account_id=people.get(to),
        starts=typed["starts"],
        ends=typed["ends"],
        word=typed["word"],
        closes_access=bool(typed.get("closes")),
        today=desk.post.on,
    )
    if done:
        notices.say(told)
        _close()


def done_words(to: str | None, starts: str, holder: Holder | None, on: date) -> str:
    """What is said once it is done: to whom, when, and what passes when."""
    read = read_date(starts)
    day = first_day(read.value) if read.value else on
    if to is None:
        return f"La coordination est vacante à partir du {formats.day(day)} : ce qui était tenu attend qui viendra."
    held = held_list(holder.held) if holder else "ce qui avait été laissé"
    if day > on:
        when = f"à sa première connexion à partir du {formats.day(day)}"
        return f"C'est noté : {escape(to)} prend le poste, et reçoit {held or 'la coordination'} {when}."
    return f"La main est passée à {escape(to)}{f', avec {held}' if held else ''}."


def _vacancy_form(desk: Desk, since: date | None) -> None:
    form = Form(workspace.draft(f"handover:{desk.initiative_id}:{VACANCY}"))
    label = "Repris à partir du" if since else "Vacante à partir du"
    with st.container(border=True, key="vacancy_form"):
        form.resumed()
        form.line("day", label, placeholder=A_DATE, width=280)

        def save(typed: dict[str, Written]) -> None:
            named = {"resumes" if since else "starts": typed["day"]}
            done = workspace.act(
                desk.end if since else desk.declare,
                closes=form.draft.key,
                told="C'est noté : les pages le disent.",
                initiative_id=desk.initiative_id,
                today=desk.post.on,
                **named,
            )
            if done:
                _close()

        form.actions("Noter", save, _close)


def nobody_holds(told: Unheld, code: str, on: date) -> None:
    """The fiches, decisions, reminders and roles that nobody holds, each on the way to what mends it."""
    st.header("Ce que personne ne tient", anchor=False)
    roles = role_lines(told, on)
    if not (roles or told.sheets or told.decisions or told.reminders):
        st.success(
            "Tout est tenu : chaque fiche a un pilote, chaque décision un responsable.", icon=":material/check_circle:"
        )
        return
    for line in roles:
        st.markdown(f":material/person_off: {line}")
    if told.reminders:
        said = formats.spelt(told.reminders, "rappel est celui", "rappels sont ceux")
        label = f"{formats.sentence_case(said)} de personnes dont l'accès a pris fin"
        st.page_link("logbook.py", label=label, icon=":material/notifications:", query_params=_here(code))
    if told.sheets:
        _sheets(told, code)
    if told.decisions:
        _decisions(told)


def role_lines(told: Unheld, on: date) -> list[str]:
    """Which roles are without anybody, and from when."""
    lines = []
    if told.uncoordinated is not None:
        lines.append(f"Personne ne coordonne la démarche {_from(told.uncoordinated, on)}.")
    if told.unadministered is not None:
        lines.append(f"Personne n'administre Balise {_from(told.unadministered, on)}.")
    return lines


def _from(day: date, on: date) -> str:
    return f"{'à partir du' if day > on else 'depuis le'} {formats.day(day)}"


def _sheets(told: Unheld, code: str) -> None:
    said = formats.spelt(len(told.sheets), "fiche n'a", "fiches n'ont", feminine=True)
    st.markdown(f"**{formats.sentence_case(said)} pas de pilote**")
    with st.container(gap="xsmall", key="unled"):
        for sheet in told.sheets[:FIRST]:
            address = _here(code) | {"fiche": str(sheet.placement_id)}
            st.page_link("sheet.py", label=escape(sheet.label), query_params=address)
        _rest(len(told.sheets))


def _decisions(told: Unheld) -> None:
    said = formats.spelt(len(told.decisions), "décision ouverte n'a", "décisions ouvertes n'ont", feminine=True)
    st.markdown(f"**{formats.sentence_case(said)} pas de responsable**")
    lines = []
    for one in told.decisions[:FIRST]:
        owner = f" :gray[· {escape(one.owner)}, dont l'accès a pris fin]" if one.owner else ""
        lines.append(f"- {escape(one.number)} {escape(one.text)}{owner}")
    st.markdown("\n".join(lines))
    _rest(len(told.decisions))


def _rest(count: int) -> None:
    if count > FIRST:
        st.caption(f"Et {formats.plural(count - FIRST, 'autre')}.")


def _here(code: str) -> dict[str, str]:
    return {workspace.CHOSEN: code, workspace.VIEW: workspace.PREPARATION}


def past(vacancies: Sequence[Span], on: date) -> None:
    """The vacancies that are over, and those to come, with their dates."""
    told = [one for one in vacancies if vacant_since([one], on) is None]
    if told:
        lines = "\n".join(f"- {span_words(one)}" for one in told)
        st.markdown(f"**Autres vacances de la coordination**\n\n{lines}")


def span_words(span: Span) -> str:
    """« du 1er novembre 2026 au 3 janvier 2027 », « à partir du 1er janvier 2027 »."""
    if span.ends_on is None:
        return f"à partir du {formats.day(span.starts_on)}"
    return f"du {formats.day(span.starts_on)} au {formats.day(span.ends_on)}"
