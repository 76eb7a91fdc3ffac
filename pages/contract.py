"""Contrat et avenants: the contract as it was signed, as it is on any day, and what changed it."""

from functools import partial

import streamlit as st

from components import contract_form, contract_view, hall, workspace
from db.commands import contract_typed
from db.commands.amendments import remove_amendment
from db.queries import choices, contract
from db.rights import Operation

st.title("Contrat et avenants", anchor=False)

header = workspace.header()
viewer = workspace.viewer()
told = workspace.read(contract.contract)
desk = contract_form.Desk(
    may_edit=viewer.coordinates(header.id),
    amendment_base=contract.amendment_base,
    contract_base=contract.contract_base,
    save_amendment=contract_typed.save_amendment,
    save_contract=contract_typed.save_contract,
    remove_amendment=remove_amendment,
    choices=partial(workspace.read, contract.contract_choices),
    organisations=lambda: workspace.read(choices.edit_choices).organisations,
)

if desk.form(told):
    st.stop()

contract_view.summary(header, told, desk.door)
if viewer.may(Operation.WRITE, header.id) and not desk.may_edit:
    desk.elsewhere(hall.show_preparation)

st.header("Tel que signé, tel qu'il est", anchor=False)
compared = workspace.read(contract.comparison, contract_view.day_asked(told))
contract_view.compared(compared)

with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.header("La signature et les avenants", anchor=False, width="content")
    desk.compose()
contract_view.first_signature(told, compared, header.on)
for amendment in told.amendments:
    with st.container(key=f"amendment_{amendment.id}", gap="xsmall"):
        contract_view.amendment(amendment, desk.doors, header.on)
