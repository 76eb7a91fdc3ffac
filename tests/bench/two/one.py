import streamlit as st

st.title("Une")
