"""Dates, months, quarters and deadlines as printed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.values.calendar import Period, days_late, read_date, read_period, years_in


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024年5月31日前", None, "2024-05-31"),
        ("2024年5月31日以前", None, "2024-05-31"),
        ("11月底前", None, "2023-11-30"),
        ("2024年2月底前", None, "2024-02-29"),
        ("2月底前", None, "2023-02-28"),
        ("12月20日前", None, "2023-12-20"),
        ("年底前", None, "2023-12-31"),
        ("2024年底前", None, "2024-12-31"),
        ("12月前", None, "2023-12-31"),
        ("6月中旬前", None, "2023-06-20"),
        ("第三季度末前", None, "2023-09-30"),
        ("次年1月底前", None, "2024-01-31"),
        ("每年11月30日前", None, "2023-11-30"),
        ("不晚于2024年10月15日", None, "2024-10-15"),
        ("截至2024年10月15日", None, "2024-10-15"),
        ("二〇二四年六月三十日前", None, "2024-06-30"),
        ("于6月30日前完成验收", None, "2023-06-30"),
        ("2024年11月30日17:00前", None, "2024-11-30"),
        ("2023年1月至11月", "2023-01-01", "2023-11-30"),
        ("2023.1-2023.11", "2023-01-01", "2023-11-30"),
        ("2023.01—2023.11", "2023-01-01", "2023-11-30"),
        ("2023年1月-2024年6月", "2023-01-01", "2024-06-30"),
        ("2023年11月至次年2月", "2023-11-01", "2024-02-29"),
        ("2024年1月1日至2024年12月31日", "2024-01-01", "2024-12-31"),
        ("2024年1月1日-12月31日", "2024-01-01", "2024-12-31"),
        ("6月1日至15日", "2023-06-01", "2023-06-15"),
        ("1—7月", "2023-01-01", "2023-07-31"),
        ("2024年1-7月", "2024-01-01", "2024-07-31"),
        ("2018-2022年", "2018-01-01", "2022-12-31"),
        ("2024-08-30", "2024-08-30", "2024-08-30"),
        ("2024-08-30 00:00:00", "2024-08-30", "2024-08-30"),
        ("2024/8/30", "2024-08-30", "2024-08-30"),
        ("2024.8.30", "2024-08-30", "2024-08-30"),
        ("20240830", "2024-08-30", "2024-08-30"),
        ("２０２４年８月３０日", "2024-08-30", "2024-08-30"),
        ("2024 年 8 月 30 日", "2024-08-30", "2024-08-30"),
        ("2024年8月", "2024-08-01", "2024-08-31"),
        ("2024.8", "2024-08-01", "2024-08-31"),
        ("2024.08前", None, "2024-08-31"),
        ("8月份", "2023-08-01", "2023-08-31"),
        ("6月上旬", "2023-06-01", "2023-06-10"),
        ("2024年2月下旬", "2024-02-21", "2024-02-29"),
        ("第三季度", "2023-07-01", "2023-09-30"),
        ("2024年一季度", "2024-01-01", "2024-03-31"),
        ("上半年", "2023-01-01", "2023-06-30"),
        ("2024年下半年", "2024-07-01", "2024-12-31"),
        ("全年", "2023-01-01", "2023-12-31"),
        ("年内", "2023-01-01", "2023-12-31"),
        ("2024年内", "2024-01-01", "2024-12-31"),
        ("2024年度", "2024-01-01", "2024-12-31"),
    ],
)
def test_a_printed_span_or_deadline(text: str, start: str | None, end: str) -> None:
    assert read_period(text, 2023) == Period(day(start) if start else None, day(end))


@pytest.mark.parametrize("text", ["11月底前", "第三季度", "全年", "年内", "8月", "12月20日前"])
def test_a_date_without_a_year_needs_one(text: str) -> None:
    assert read_period(text) is None
    assert read_period(text, 2023) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "—",
        "及时",
        "95%",
        "2024",
        "3次",
        "2月30日",
        "2023年2月29日",
        "13月",
        "每月10日前",
        "2024年3月1日起",
        "5个月",
        "3年",
        "10日前",
        "2024年6月、12月",
        "2024年培训100人",
        "9:00前",
    ],
)
def test_what_is_no_span_or_deadline(text: str) -> None:
    assert read_period(text, 2023) is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("2024年5月24日", "2024-05-24"),
        ("12月1日", "2023-12-01"),
        ("2024年5月", "2024-05-31"),
        ("2024/5/24", "2024-05-24"),
        ("2023年12月10日完成", "2023-12-10"),
    ],
)
def test_the_single_day_of_a_cell(text: str, answer: str) -> None:
    assert read_date(text, 2023) == day(answer)


@pytest.mark.parametrize("text", ["2024年", "2024年1月至11月", "第三季度", "95%", "", "未完成"])
def test_what_is_no_single_day(text: str) -> None:
    assert read_date(text, 2023) is None


@pytest.mark.parametrize(
    ("finish", "deadline", "days"),
    [
        ("2024-05-31", "2024-05-31", 0),
        ("2024-06-01", "2024-05-31", 1),
        ("2024-05-24", "2024-05-31", -7),
        ("2024-03-01", "2024-02-28", 2),
        ("2025-01-12", "2024-12-31", 12),
    ],
)
def test_lateness_counts_calendar_days_and_the_deadline_is_on_time(finish: str, deadline: str, days: int) -> None:
    assert days_late(day(finish), day(deadline)) == days


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2023年干部培训，延续至2024年", (2023, 2024)),
        ("根据某财预〔2021〕10号文件，2023年实施", (2023,)),
        ("某办发[2020]5号、某发（2019）3号", ()),
        ("依据2018-2022年培训规划，2023年度安排", (2023,)),
        ("依据2018年—2022年培训规划", ()),
        ("2023年1月至2024年2月", (2023, 2024)),
        ("2024-08-30验收，2024.9.1付款", (2024, 2024)),
        ("培训2000人，支出2023元，编号20231", ()),
        ("2022 年度", (2022,)),
        ("２０２３年", (2023,)),
    ],
)
def test_the_years_of_a_text(text: str, years: tuple[int, ...]) -> None:
    assert years_in(text) == years


DATES = st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31))


@given(
    DATES,
    st.sampled_from(
        [
            "{0.year}年{0.month}月{0.day}日",
            "{0:%Y-%m-%d}",
            "{0.year}/{0.month}/{0.day}",
            "{0:%Y}.{0:%m}.{0:%d}",
            "{0:%Y年%m月%d日}",
            "{0.year}年{0.month}月{0.day}日前",
        ]
    ),
)
def test_every_day_reads_back_in_every_spelling(when: date, form: str) -> None:
    assert read_date(form.format(when)) == when


@given(DATES, DATES)
def test_every_span_reads_back(one: date, two: date) -> None:
    first, last = sorted((one, two))
    text = f"{first.year}年{first.month}月{first.day}日至{last.year}年{last.month}月{last.day}日"
    assert read_period(text) == Period(first, last)


@given(
    st.text(alphabet="0123456789年月日前内底末至-—./第一二三四季度上下半每全至次初 :", max_size=40)
    | st.text(max_size=100),
    st.integers(1990, 2090) | st.none(),
)
def test_no_text_breaks_the_readers(text: str, year: int | None) -> None:
    period = read_period(text, year)
    assert period is None or period.start is None or period.start <= period.end
    read_date(text, year)
    assert all(1900 <= found <= 2099 for found in years_in(text))
