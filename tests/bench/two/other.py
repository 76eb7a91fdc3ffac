import streamlit as st

st.title("Autre")
