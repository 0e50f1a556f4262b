"""placeholder"""


def review_items(): ...


def write_review(): ...
