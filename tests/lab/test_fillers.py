"""What the product's claims say in the roles of other people's sets."""

from __future__ import annotations

from newsblotter_lab.fillers import predict_gvdb, predict_muc

STORY = (
    "TULSA, Okla. — Marcus Ellery, 23, was shot and killed outside a bar on East Mercer Street in Tulsa at about 11:40 p.m. on "
    "Saturday, police said. Police arrested Dale Rusk, 27, and charged him with murder. He fired a handgun."
)


def test_the_products_claims_fill_the_slots() -> None:
    found = {role: {STORY[start:end] for start, end in spans} for role, spans in predict_gvdb(STORY).items()}
    assert found["VIC-NAME"] == {"Marcus Ellery"} and found["SHO-NAME"] == {"Dale Rusk"}
    assert found["VIC-AGE"] == {"23"} and found["SHO-AGE"] == {"27"}
    assert any("handgun" in words for words in found["CIR-WEAPON"]) and any("11:40" in words for words in found["DAT-CLOCK"])


def test_the_products_claims_fill_the_roles_of_muc() -> None:
    text = (
        "Three gunmen robbed the Uhuru Savings Bank in Nairobi on Wednesday with rifles. Guard Peter Maina was killed, police said."
    )
    found = {role: " ".join(text[start:end] for start, end in spans) for role, spans in predict_muc(text).items()}
    assert "gunmen" in found["PerpInd"] and "Savings Bank" in found["Target"] and "rifles" in found["Weapon"]
    assert "Peter Maina" in found["Victim"] and not found["PerpOrg"]


def test_the_age_nearest_to_the_name_is_taken() -> None:
    text = "A 31-year-old man was charged. Ann Reed, 31, was shot and killed in Tulsa on Monday, police said."
    assert [text[:start].count("31") for start, _ in predict_gvdb(text)["VIC-AGE"]] == [1]
