"""What somebody's hands do at a keyboard and a mouse, counted."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page


@dataclass
class Hand:
    """Somebody's hands: whatever they press or click is counted, each key of a chord too."""

    page: Page
    gestures: int = 0

    def clicks(self, where: Locator) -> None:
        where.click()
        self.gestures += 1

    def presses(self, keys: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(keys)
        self.gestures += times * len(keys.split("+"))

    def types(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.gestures += len(text)

    def tabs_to(self, where: Locator, most: int) -> None:
        """Go from field to field until this one; it is not further than `most` of them."""
        for _ in range(most):
            self.presses("Tab")
            if where.evaluate("node => node === document.activeElement"):
                return
        raise AssertionError(f"the field is further than {most} tabs: {where}")

    def picks(self, place: int) -> None:
        """Choose among buttons side by side, from the first one, where the focus is."""
        self.presses("ArrowRight", place)
        self.presses("Space")

    def rests(self) -> int:
        """What was pressed and clicked since the last rest."""
        spent, self.gestures = self.gestures, 0
        return spent
