"""Checksums of forms: what proves a reading, what does not, and which reading of a doubtful row the sums choose."""

from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from hengjian.forms.form import (
    Activity,
    Amount,
    Budget,
    CostNode,
    Form,
    Fund,
    Identity,
    Indicator,
    Kind,
    Printed,
    PriorYear,
    Proof,
    Total,
)
from hengjian.forms.proof import Candidate, choose, number, prove


def p(text: str | None) -> Printed | None:
    return None if text is None else Printed(text)


def rows(*pairs: tuple[str, str | None]) -> tuple[Indicator, ...]:
    return tuple(Indicator(Printed(f"指标{i}"), weight=p(w), score=p(s)) for i, (w, s) in enumerate(pairs))


def total(weight: str | None, score: str | None = None) -> Total:
    return Total(p(weight), p(score))


EXECUTION = Fund(Printed("年度资金总额"), weight=Printed("10"), score=Printed("9.64"))


def failing(form: Form) -> list[str]:
    return [identity.name for identity in form.identities if not identity.holds]


def test_numbers_of_cells() -> None:
    texts = ["1,219.00", "10分", "98.38%", "152万元", "—", "", "约3", "≥3", "2000人"]
    assert [number(text) for text in texts] == [D("1219.00"), D(10), D("98.38"), D(152), None, None, None, None, None]


def test_weights_and_scores_with_execution_prove_a_form() -> None:
    form = prove(
        Form(
            Kind.SELF_EVALUATION,
            indicators=rows(("50", "50"), ("40", "38.5")),
            funds=(EXECUTION,),
            total=total("100", "98.14"),
        )
    )
    assert form.proof is Proof.PROVED
    assert form.identities == (
        Identity("分值合计", True, "50 + 40 + 10（预算执行） = 100"),
        Identity("得分合计", True, "50 + 38.5 + 9.64（预算执行） = 98.14"),
    )


def test_execution_may_stand_among_the_rows() -> None:
    """The money table shows the 10 points again: they count once."""
    form = prove(
        Form(
            Kind.DEPARTMENT_OVERALL,
            indicators=rows(("90", "88"), ("10", "9.64")),
            funds=(EXECUTION,),
            total=total("100", "97.64"),
        )
    )
    assert form.proof is Proof.PROVED


def test_a_wrong_total_is_shown_with_its_arithmetic() -> None:
    form = prove(Form(Kind.SELF_EVALUATION, indicators=rows(("50", "50"), ("50", "45")), total=total("100", "96")))
    assert form.proof is Proof.UNPROVED
    assert failing(form) == ["得分合计"]
    assert form.identities[1].derivation == "50 + 45 = 95 ≠ 96"


def test_without_a_printed_total_weights_add_up_to_100_or_90() -> None:
    for weights, proof in ((("60", "30"), Proof.PROVED), (("60", "40"), Proof.PROVED), (("60", "35"), Proof.UNPROVED)):
        form = prove(Form(Kind.DECLARATION, indicators=rows(*((w, None) for w in weights))))
        assert form.proof is proof, weights


def test_a_row_outside_every_sum_is_not_proved() -> None:
    form = prove(
        Form(Kind.SELF_EVALUATION, indicators=rows(("60", "60"), ("40", "40"), ("", "")), total=total("100", "100"))
    )
    assert form.proof is Proof.CONSISTENT


def test_an_unsure_cell_is_not_proved() -> None:
    unsure = Indicator(Printed("指标", uncertain=True), weight=p("40"), score=p("40"))
    form = prove(Form(Kind.SELF_EVALUATION, indicators=(*rows(("60", "60")), unsure), total=total("100", "100")))
    assert form.proof is Proof.CONSISTENT


def test_nothing_to_add_up_is_unproved() -> None:
    assert (
        prove(Form(Kind.DISCLOSURE, indicators=(Indicator(Printed("培训人数"), target=p("200人")),))).proof
        is Proof.UNPROVED
    )


def test_class_weights() -> None:
    def row(level2: str, printed: str, weight: str) -> Indicator:
        return Indicator(
            Printed(level2 + weight),
            level1=p("决策"),
            level2=p(level2),
            level1_weight=p("100"),
            level2_weight=p(printed),
            weight=p(weight),
        )

    good = (row("立项", "40", "15"), row("立项", "40", "25"), row("投入", "60", "60"))
    assert prove(Form(Kind.EVALUATION, indicators=good, total=total("100"))).proof is Proof.PROVED
    bad = (*good[:2], row("投入", "59", "60"))
    form = prove(Form(Kind.EVALUATION, indicators=bad, total=total("100")))
    assert (form.proof, failing(form)) == (Proof.UNPROVED, ["分值：投入"])


def test_money_adds_up_column_by_column_and_rates_follow() -> None:
    def fund(item: str, budget: str, executed: str, rate: str = "", part: bool = False) -> Fund:
        return Fund(Printed(item), annual_budget=p(budget), executed=p(executed), rate=p(rate), part=part)

    funds = (
        fund("总额", "1,312.80", "1,265.54", "96.40%"),
        fund("当年财政拨款", "1,212.80", "1,171.02", part=True),
        fund("上年结转", "0.00", "0.00"),
        fund("其他资金", "100.00", "94.52"),
    )
    form = prove(Form(Kind.SELF_EVALUATION, funds=funds))
    assert form.proof is Proof.CONSISTENT
    assert [identity.name for identity in form.identities] == [
        "资金合计：全年预算数",
        "资金合计：全年执行数",
        "执行率：总额",
    ]
    wrong = prove(Form(Kind.SELF_EVALUATION, funds=(fund("总额", "1,312.80", "1,265.54", "98.40%"), *funds[1:])))
    assert failing(wrong) == ["执行率：总额"]
    blank = prove(Form(Kind.SELF_EVALUATION, funds=(fund("总额", "0.00", "0.00", "0.00%"), fund("拨款", "", ""))))
    assert blank.identities == ()


def test_declarations_add_up_money_and_prose() -> None:
    tree = CostNode(
        "项目资金",
        "286",
        children=(CostNode("扫描", "200"), CostNode("升级", "86", children=(CostNode("设计", "80"),))),
    )
    form = prove(
        Form(
            Kind.DECLARATION,
            budget=Budget(current_year=p("2,860,000")),
            funding_sources=(
                Amount(Printed("财政拨款"), Printed("2,860,000")),
                Amount(Printed("其中：当年"), Printed("2,860,000"), part=True),
            ),
            cost_items=(Amount(Printed("扫描"), Printed("2,000,000")), Amount(Printed("升级"), Printed("860,000"))),
            prior_years=(PriorYear(2023, p("388"), p("377.1"), p("97.2%")),),
            cost_breakdown=tree,
        )
    )
    assert failing(form) == ["测算：升级"]
    assert {identity.name for identity in form.identities} >= {
        "资金来源合计",
        "支出明细合计",
        "执行率：2023年",
        "测算：项目资金",
    }


def test_duties_are_the_sum_of_their_activities() -> None:
    def activity(name: str, level: int, budget: str) -> Activity:
        return Activity(Printed(name), level, p(budget))

    plan = (
        activity("管理", 1, "51.80"),
        activity("培训", 2, "10.00"),
        activity("监督", 2, ""),
        activity("考核", 2, "41.80"),
    )
    form = prove(Form(Kind.RESPONSIBILITY, activities=(*plan, activity("人才", 1, ""), activity("引进", 2, "3"))))
    assert form.identities == (Identity("职责预算：管理", True, "10 + 41.8 = 51.8"),)
    assert form.proof is Proof.CONSISTENT
    wrong = prove(Form(Kind.RESPONSIBILITY, activities=(*plan[:3], activity("考核", 2, "40"))))
    assert (wrong.proof, failing(wrong)) == (Proof.UNPROVED, ["职责预算：管理"])


def test_sums_choose_among_readings() -> None:
    """The score stands in the weight's place in the cheaper reading; only the other one adds up."""
    doubtful = [Candidate(D(3), None, 4), Candidate(D(5), D(3), 5)]
    chosen = choose([[Candidate(D(95), D(90), 0)], doubtful], {D(100)}, {D(93)})
    assert (chosen.picks, chosen.holds, chosen.open) == ((0, 1), True, frozenset())


def test_several_readings_that_add_up_stay_open() -> None:
    """Equal numbers, other texts: the better fit is taken, and the row is marked as open."""
    doubtful = [Candidate(D(5), D(5), 1), Candidate(D(5), D(5), 2)]
    chosen = choose([[Candidate(D(95), D(95), 0)], doubtful], {D(100)}, {D(100)})
    assert (chosen.picks, chosen.holds, chosen.open) == ((0, 0), True, frozenset({1}))


def test_no_reading_adds_up() -> None:
    doubtful = [Candidate(D(5), D(5), 1), Candidate(D(6), D(5), 2)]
    chosen = choose([doubtful], {D(100)}, None)
    assert (chosen.picks, chosen.holds, chosen.open) == ((0,), False, frozenset({0}))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30))
def test_the_chosen_readings_add_up(pairs: list[tuple[int, int]]) -> None:
    """Each row may be read either way round; when the true sums are known, the choice has exactly these sums."""
    options = [[Candidate(D(a), D(b), 0), Candidate(D(b), D(a), 1)] for a, b in pairs]
    weight, score = sum((D(a) for a, _ in pairs), D(0)), sum((D(b) for _, b in pairs), D(0))
    chosen = choose(options, {weight}, {score})
    taken = [row[pick] for row, pick in zip(options, chosen.picks, strict=True)]
    assert chosen.holds
    assert sum(one.weight or 0 for one in taken) == weight
    assert sum(one.score or 0 for one in taken) == score
