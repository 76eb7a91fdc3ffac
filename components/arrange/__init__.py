"""« Organiser le plan »: its axes, the order and the numbers of its sheets, those that come and those that leave."""
