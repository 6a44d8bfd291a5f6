from clearbay import packs
from clearbay.apply.places import places
from clearbay.model.text import LANGUAGES


def test_every_place_has_four_names_and_most_a_position():
    """The nine cities, Hong Kong and Macao lie where the map draws them."""
    found = {place.id: place for place in places()}
    assert all(place.name[language] for place in found.values() for language in LANGUAGES)
    cities = [found[code] for code in packs.jurisdictions() if found[code].longitude is not None]
    assert len(cities) == 11
    for city in cities:
        assert 111 < city.longitude < 116
        assert 21 < city.latitude < 25


def test_no_place_is_listed_twice():
    """A city of the register hides the town of the same name on a layer."""
    names = [place.name["zh-Hans"].removesuffix("市") for place in places()]
    assert names.count("惠州") == 1
