"""The demonstration: the fictitious contract of `db/reference/demo_cls.yaml`, whole, with its own today."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from db.commands import demo_bodies, demo_figures, demo_sheets
from db.commands.amendments import add_amendment
from db.commands.demo_filling import Filling
from db.commands.demo_words import PHASES, certain_day, day
from db.commands.directory import involve
from db.commands.initiatives import create_initiative, set_coverage
from db.commands.plan import add_axis
from db.commands.publish import publish_point
from db.engine import writing
from db.errors import Invalid
from db.journal import acting
from db.models import Initiative, Territory
from db.models.base import now_utc
from db.rights import Operation
from db.rules.text import search_text, sort_key
from db.rules.vocabulary import InitiativeKind, InvolvementRole, TerritoryKind
from db.territories import find
from db.viewer import Viewer, local_viewer, require

FILE = Path(__file__).resolve().parent.parent / "reference" / "demo_cls.yaml"
CODE = "demo"
SHORT_NAME = "CLS Durance-Luberon (démonstration)"


def load(engine: Engine) -> int:
    """Load the demonstration in a database that has its reference, as the person at the machine."""
    with writing(engine) as session:
        return load_demo(session, local_viewer(session, now_utc().date()))


def load_demo(session: Session, viewer: Viewer) -> int:
    """Load the demonstration; returns the id of its initiative.

    One act brings the file, a second publishes its point, a third adds what came after it, in preparation. `Invalid`
    when the demonstration is already there.
    """
    require(viewer, Operation.WRITE, None)
    if is_loaded(session):
        raise Invalid("La démonstration est déjà dans cette base : rien n'a été changé.")
    file: dict[str, Any] = yaml.load(FILE.read_bytes(), Loader=yaml.CSafeLoader)
    with session.no_autoflush:
        with acting(session, viewer.actor_id, "load_demo", "Chargement de la démonstration"):
            filling = Filling(session, viewer, _initiative(session, viewer, file))
            _contract(filling, file)
            demo_sheets.fill(filling, file)
            demo_figures.fill(filling, file)
            demo_bodies.fill(filling, file)
        point, plan = file["point"], filling.initiative_id
        publish_point(session, viewer, initiative_id=plan, name=point["nom"], as_of=certain_day(point["date"]))
        with acting(session, viewer.actor_id, "load_demo", "Ce qui est arrivé depuis le point, en préparation", plan):
            for told in file["en_preparation"]:
                demo_figures.add_entry(filling, told)
    return plan


def is_loaded(session: Session) -> bool:
    """Whether the demonstration is in this database."""
    there = select(Initiative.id).where(Initiative.code == CODE, Initiative.archived_at.is_(None))
    return session.scalars(there).first() is not None


def _initiative(session: Session, viewer: Viewer, file: dict[str, Any]) -> int:
    told = file["demarche"]
    signed = certain_day(told["date_signature"])
    row = create_initiative(
        session,
        viewer,
        name=told["intitule"],
        kind=InitiativeKind(told["type"].lower()),
        code=CODE,
        short_name=SHORT_NAME,
        fields={
            "contract_number": told["generation"],
            "signed_on": signed,
            "starts_on": signed,
            "ends_on": certain_day(told["date_fin"]),
            "phase": PHASES[told["phase"]],
            "regional_link": told["prs"],
            "reference_date": certain_day(file["meta"]["date_reference"]),
            "is_fictitious": True,
        },
    )
    return row.id


def _contract(filling: Filling, file: dict[str, Any]) -> None:
    told = file["demarche"]
    _territories(filling, file["territoire"], certain_day(told["date_signature"]))
    for role, names in ((InvolvementRole.SPONSOR, [told["porteur"]]), (InvolvementRole.SIGNATORY, told["signataires"])):
        for position, name in enumerate(names):
            involve(
                filling.session,
                filling.viewer,
                role=role,
                initiative_id=filling.initiative_id,
                organisation_id=filling.organisation(name),
                position=position,
            )
    for told_axis in file["axes"]:
        _axes(filling, told_axis)
    for amendment in told["avenants"]:
        row = add_amendment(
            filling.session,
            filling.viewer,
            initiative_id=filling.initiative_id,
            number=amendment["numero"],
            signed_on=certain_day(amendment["signe_le"]),
            object=amendment["objet"],
            new_ends_on=day(amendment["nouvelle_fin"]),
        )
        filling.amendments[row.number] = row


def _axes(filling: Filling, told: dict[str, Any]) -> None:
    """« A1 » is numbered 1, and its « OS1.1 » is 1.1."""
    session, viewer, plan = filling.session, filling.viewer, filling.initiative_id
    axis = add_axis(session, viewer, initiative_id=plan, title=told["libelle"], code=told["code"].removeprefix("A"))
    filling.axes[told["code"]] = axis.id
    for under in told["objectifs"]:
        objective = add_axis(
            session,
            viewer,
            initiative_id=plan,
            title=under["libelle"],
            code=under["code"].removeprefix("OS"),
            parent_id=axis.id,
        )
        filling.axes[under["code"]] = objective.id


def _territories(filling: Filling, told: dict[str, Any], since: date) -> None:
    """The communes are the reference's own; the districts are fictitious, and nobody counted who lives there."""
    session = filling.session
    codes = {}
    for commune in told["communes"]:
        codes[commune["nom"]] = commune["insee"]
        territory = find(session, TerritoryKind.COMMUNE, commune["insee"])
        if territory is not None:
            filling.places[commune["insee"]] = territory.id
            set_coverage(
                session,
                filling.viewer,
                initiative_id=filling.initiative_id,
                territory_id=territory.id,
                starts_on=since,
            )
    for district in told["qpv"]:
        territory = Territory(
            kind=TerritoryKind.PRIORITY_DISTRICT,
            code=district["code_officiel"],
            name=district["nom"],
            commune_code=codes[district["commune"]],
            search_text=search_text(district["nom"]),
            sort_key=sort_key(district["nom"]),
        )
        session.add(territory)
        session.flush()
        filling.places[district["code"]] = territory.id
