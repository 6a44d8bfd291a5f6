import clearbay
from clearbay.apply.release import fingerprint


def test_the_fingerprint_rests_on_code_and_packs(monkeypatch, tmp_path):
    """Another limit in a pack, or another line of code, is another fingerprint; the built interface is not."""
    original = fingerprint()
    assert len(original) == 16
    (tmp_path / "packs").mkdir()
    (tmp_path / "static").mkdir()
    (tmp_path / "__init__.py").write_text("")
    limit = tmp_path / "packs" / "rule.yaml"
    found = []
    monkeypatch.setattr(clearbay, "__file__", str(tmp_path / "__init__.py"))
    for text, script in (("1", "a"), ("2", "a"), ("2", "b")):
        limit.write_text(text)
        (tmp_path / "static" / "app.json").write_text(script)
        found.append(fingerprint.__wrapped__())
    assert found[0] != found[1] == found[2]
