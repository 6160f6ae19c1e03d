"""When savepoints are due."""

from __future__ import annotations

from midrun.run.policy import Policy, Reason


def training(budget: float = 0.02) -> Policy:
    policy = Policy(budget, None, 0.0, cost=0.01)
    policy.in_memory = True
    return policy


def due(policy: Policy, now: float, is_new: bool = False) -> Reason | None:
    return policy.due(now, is_new, False)


def test_a_training_has_one_in_memory_each_second():
    policy = training()
    assert due(policy, 0.9) is None
    reason = due(policy, 1.1)
    assert reason is not None
    assert reason.in_memory
    policy.taken(reason, 1.1, 1.11)
    assert due(policy, 2.0) is None
    assert due(policy, 2.2) is not None


def test_those_in_memory_put_off_none_that_goes_to_the_disk():
    policy = training()
    for turn in range(1, 25):
        now = 1.2 * turn
        reason = due(policy, now)
        assert reason is not None
        assert reason.in_memory
        policy.taken(reason, now, now + 0.01)
    reason = due(policy, 30.6)
    assert reason is not None
    assert not reason.in_memory


def test_one_before_new_code_comes_before_one_in_memory():
    reason = due(training(), 1.5, is_new=True)
    assert reason is not None
    assert reason.text == "before code that has not run yet"


def test_what_costs_much_is_seldom_in_memory():
    policy = training()
    policy.cost = 0.2
    assert due(policy, 9.0) is None
    reason = due(policy, 11.0)
    assert reason is not None
    assert reason.in_memory


def test_without_a_budget_there_is_none():
    assert due(training(budget=0.0), 100.0) is None


def test_one_that_takes_long_by_chance_does_not_put_off_the_next_ones_for_long():
    policy = training()
    reason = due(policy, 1.1)
    assert reason is not None
    policy.taken(reason, 1.1, 1.21)
    assert due(policy, 3.5) is None
    assert due(policy, 5.5) is not None


def test_what_was_not_spent_lets_them_come_more_often():
    policy = training()
    policy.cost, policy.spent = 0.04, 0.1
    policy.last = 1.0
    assert due(policy, 3.2) is None
    policy.spent = 0.0
    assert due(policy, 3.2) is not None
