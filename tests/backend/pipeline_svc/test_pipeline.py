"""Which chains may be saved, where a step could go instead, and how two people's moves are joined."""

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline_svc.differences import changes, merged_order, moved
from pipeline_svc.document import Step, fitted, initial, new_step, order_of, reordered, stamped, with_step
from pipeline_svc.pipeline import nearest, risky, violations, wrong_members
from shared.contracts.catalogue import BY_ID, default_chain
from shared.contracts.pipeline.revisions import Change
from tests.backend.pipeline_svc.chains import IDS, arrangements, may_run, moves, steps_of

DEFAULT = initial(BY_ID)
ORDER = order_of(DEFAULT)


def moved_to(order: list[str], id: str, place: int) -> list[str]:
    """`place` from 1."""
    rest = [each for each in order if each != id]
    return [*rest[: place - 1], id, *rest[place - 1 :]]


# --- rules --------------------------------------------------------------------------------------------------------


def test_a_new_belfry_breaks_no_rule() -> None:
    assert violations(DEFAULT, BY_ID) == []
    assert may_run(DEFAULT)
    assert [step.id for step in default_chain().steps] == ORDER


@given(arrangements() | moves())
def test_exactly_those_chains_are_accepted_that_keep_the_rules(steps: list[Step]) -> None:
    """F2.4.2, F2.4.3: the rules stand in the catalogue; said again by hand they come to the same."""
    assert (violations(steps, BY_ID) == []) == may_run(steps)


@given(moves())
def test_a_nearest_place_breaks_no_rule_of_that_step(steps: list[Step]) -> None:
    found = violations(steps, BY_ID, ORDER)
    for violation in found:
        if violation.nearest_order is None:
            continue
        again = violations(reordered(steps, violation.nearest_order), BY_ID, ORDER)
        assert violation.nearest_order.index(violation.step) + 1 == violation.nearest_place
        assert not [each for each in again if violation.step in (each.step, each.other) and each.nearest_place]


def test_a_limit_by_user_stands_behind_auth_and_one_by_address_anywhere() -> None:
    order = moved_to(ORDER, "rate_limit", ORDER.index("auth") + 1)
    [violation] = violations(steps_of(order), BY_ID, ORDER)

    assert (violation.rule, violation.step, violation.other) == ("rate_limit_after_auth", "rate_limit", "auth")
    assert violation.message.startswith("rate_limit not before auth: it counts by who is signed in")
    assert violation.nearest_order == ORDER
    assert violation.nearest_place == ORDER.index("rate_limit") + 1
    assert violations(steps_of(order, rate_limit={"count_by": "ip"}), BY_ID, ORDER) == []


def test_who_was_moved_is_told_to_go_back() -> None:
    """auth is locked, so when it comes to stand behind rate_limit it is rate_limit that could give way."""
    order = moved_to(ORDER, "cors", ORDER.index("errors") + 1)
    [violation] = [each for each in violations(steps_of(order), BY_ID, ORDER) if each.other == "errors"]

    assert (violation.rule, violation.step) == ("cors_before_errors", "cors")
    assert violation.nearest_place == ORDER.index("errors")


def test_a_locked_step_stays_on_and_what_is_needed_too() -> None:
    [locked] = violations(with_step(DEFAULT, "auth", enabled=False), BY_ID)
    both = with_step(with_step(DEFAULT, "fault_injection", enabled=True), "timeout", enabled=False)
    [needed] = violations(both, BY_ID)

    assert (locked.rule, locked.step, locked.message) == ("locked", "auth", "auth is always on")
    assert (needed.rule, needed.nearest_place) == ("fault_injection_requires_timeout", None)


def test_no_place_helps_a_step_that_two_others_hold() -> None:
    order = moved_to(moved_to(ORDER, "errors", 2), "auth", 2)
    assert nearest(steps_of(order), "ip_rules", BY_ID) == (None, None)


def test_an_order_names_each_step_once() -> None:
    wrong = wrong_members([*ORDER[1:], "auth", "zip"], ORDER)

    assert {violation.rule for violation in wrong} == {"permutation"}
    assert [violation.message for violation in wrong] == [
        "auth is named more than once",
        "There is no step zip",
        "request_id is missing: send all steps, also those that are off",
    ]
    assert wrong_members(ORDER, ORDER) == []


def test_what_may_keep_people_out_is_risky() -> None:
    refuses_more = with_step(DEFAULT, "ip_rules", settings={"allow": ["10.0.0.0/8"]})
    off = with_step(DEFAULT, "rate_limit", enabled=False)

    assert risky(DEFAULT, refuses_more, BY_ID)
    assert risky(off, DEFAULT, BY_ID)
    assert not risky(DEFAULT, off, BY_ID)
    assert not risky(DEFAULT, with_step(DEFAULT, "access_log", settings={"every": 10}), BY_ID)
    assert not risky(DEFAULT, reordered(DEFAULT, moved_to(ORDER, "cache", 18)), BY_ID)


# --- differences --------------------------------------------------------------------------------------------------


@given(st.permutations(IDS), st.permutations(IDS))
def test_what_moved_is_enough_and_not_more(before: list[str], after: list[str]) -> None:
    gone = set(moved(before, after))

    assert [id for id in before if id not in gone] == [id for id in after if id not in gone]
    assert len(gone) < len(before)
    assert (gone == set()) == (before == after)


def test_one_step_that_is_dragged_is_one_change() -> None:
    after = with_step(reordered(DEFAULT, moved_to(ORDER, "cache", 18)), "rate_limit", False, {"burst": 700})

    assert changes(DEFAULT, after) == [
        Change(step="cache", kind="moved", before=15, after=18),
        Change(step="rate_limit", kind="disabled"),
        Change(step="rate_limit", kind="settings", before={"burst": 1200}, after={"burst": 700}),
    ]


@given(st.permutations(IDS), st.permutations(IDS), st.permutations(IDS))
@example(ORDER, moved_to(ORDER, "timeout", 8), moved_to(ORDER, "cache", 18))
def test_both_orders_joined_name_every_step_once(base: list[str], theirs: list[str], mine: list[str]) -> None:
    merged = merged_order(base, theirs, mine)

    assert merged is not None
    assert sorted(merged) == sorted(base)
    assert merged_order(base, base, mine) == mine
    assert merged_order(base, theirs, base) == theirs
    assert merged_order(base, theirs, [*mine, "zip"]) is None


def test_moves_of_two_people_that_touch_nothing_in_common_are_both_kept() -> None:
    theirs, mine = moved_to(ORDER, "timeout", 8), moved_to(ORDER, "cache", 18)

    assert merged_order(ORDER, theirs, mine) == moved_to(theirs, "cache", 18)


# --- documents ----------------------------------------------------------------------------------------------------


def test_a_chain_of_another_release_is_fitted_to_this_one() -> None:
    stored = [step for step in DEFAULT if step.id != "compression"]
    stored = with_step(stored, "timeout", settings={"seconds": 5.0, "gone": 1})
    stored.append(Step(id="brotli", enabled=True, settings={"quality": 4}, version=3))

    found = fitted(stored, BY_ID, 7)

    assert order_of(found) == [*ORDER, "brotli"]
    assert found[ORDER.index("compression")] == new_step(BY_ID["compression"], 7)
    assert next(step for step in found if step.id == "timeout").settings == {"seconds": 5.0}
    assert found[-1] == Step(id="brotli", enabled=False, settings={"quality": 4}, version=3)
    assert violations(found, BY_ID) == []


def test_a_step_has_the_version_of_its_last_change() -> None:
    after = with_step(reordered(DEFAULT, moved_to(ORDER, "cache", 18)), "timeout", settings={"seconds": 3.0})
    versions = {step.id: step.version for step in stamped(DEFAULT, after, 9)}

    assert versions.pop("timeout") == 9
    assert set(versions.values()) == {1}
