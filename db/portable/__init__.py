"""A portable archive of one démarche: its rows and its journal in a file that another installation can take in."""
