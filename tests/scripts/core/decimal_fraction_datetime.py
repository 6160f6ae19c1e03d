"""The decimal context (thread state), localcontext under way, Fraction, datetime, timezone, uuid."""

import datetime
import decimal
import fractions
import uuid

decimal.getcontext().prec = 10
decimal.getcontext().rounding = decimal.ROUND_UP
when = datetime.datetime(2024, 2, 28, 23, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=-3.5), "ODD"))
third, ratio = decimal.Decimal(1) / 3, fractions.Fraction(1, 3)
key = uuid.UUID(int=1)
for n in range(1, 5):
    with decimal.localcontext() as context:
        context.prec = n + 2
        for k in range(2):
            context.prec += k
            print("local", decimal.Decimal(2) / 7, context is decimal.getcontext())
        context.traps[decimal.Inexact] = n == 3
        try:
            print(decimal.Decimal(1) / 9)
        except decimal.Inexact:
            print("inexact")
    third += decimal.Decimal(n) / 3
    ratio = ratio * n + fractions.Fraction(1, n)
    when += datetime.timedelta(hours=7 * n)
    key = uuid.uuid5(key, str(n))
    print(decimal.getcontext().prec, third, decimal.getcontext().flags[decimal.Inexact], ratio)
    print(when.isoformat(), when.tzname(), when.date() - datetime.date(2024, 1, 1), key)
    if n == 2:
        decimal.getcontext().prec = 5
        decimal.getcontext().clear_flags()
