"""What is proposed for a finding: the text of the program before and after."""

from __future__ import annotations

import ast

import pytest

from midrun.numerics.cures.remedies import remedies
from midrun.numerics.finding import Finding, Line


def proposed(text, blamed, cause, *, operation="", operands=(), phase="forward", also=()):
    """The edits for a finding that blames `blamed`, a part of `text`; each as the lines it changes,
    with those that it adds."""
    found = Finding(
        cause, "", phase, operation, _line(text, blamed), operands=[*operands],
        also=[_line(text, part) for part in also],
    )  # fmt: skip
    edits = [remedy.edit.after for remedy in remedies(found, lambda path: text)]
    assert all(ast.parse(edit) for edit in edits)
    return [_changed(text, edit) for edit in edits]


def _line(text, part):
    begin = text.index(part)
    end = begin + len(part)
    first, last = text.count("\n", 0, begin) + 1, text.count("\n", 0, end) + 1
    columns = [position - (text.rfind("\n", 0, position) + 1) for position in (begin, end)]
    source = text.splitlines()[first - 1]
    return Line("train.py", first, "f", source, columns[0], columns[1], last)


def _changed(before, after):
    lines = before.splitlines()
    return "\n".join(line for line in after.splitlines() if line not in lines)


@pytest.mark.parametrize(
    ("text", "blamed", "cause", "expected"),
    [
        ("y = torch.log(p)", "torch.log(p)", "log-domain", "y = torch.log(p + 1e-12)"),
        ("y = p.sqrt()", "p.sqrt()", "infinite-derivative", "y = p.clamp(min=1e-6).sqrt()"),
        ("y = (a - b).sqrt()", "(a - b).sqrt()", "domain", "y = (a - b).clamp(min=1e-6).sqrt()"),
        ("y = torch.xlogy(n, r)", "torch.xlogy(n, r)", "infinite-derivative",
         "y = torch.xlogy(n, r + 1e-12)"),
        ("y = torch.lgamma(s)", "torch.lgamma(s)", "domain", "y = torch.lgamma(s.clamp(min=1e-6))"),
        ("y = torch.acos(c)", "torch.acos(c)", "infinite-derivative",
         "y = torch.acos(c.clamp(-1 + 1e-6, 1 - 1e-6))"),
        ("y = torch.hypot(a, b)", "torch.hypot(a, b)", "infinite-derivative",
         "y = (a.square() + b.square() + 1e-12).sqrt()"),
        ("y = torch.exp(x)", "torch.exp(x)", "overflow", "y = torch.exp(x.clamp(max=30))"),
        ("y = torch.cosh(x)", "torch.cosh(x)", "overflow", "y = torch.cosh(x.clamp(-30, 30))"),
        ("y = torch.logdet(w)", "torch.logdet(w)", "log-domain",
         "y = torch.linalg.slogdet(w)[1]"),
        ("y = d.log_prob(x)", "d.log_prob(x)", "log-domain",
         "y = d.log_prob(x.clamp(1e-6, 1 - 1e-6))"),
        ("y = torch.logaddexp(a, b)", "torch.logaddexp(a, b)", "inf-minus-inf",
         "y = torch.logaddexp(a.clamp(min=-1e9), b.clamp(min=-1e9))"),
        ("x.log_()", "x.log_()", "log-domain", "x.clamp_(min=1e-12).log_()"),
        ("x.sqrt_()", "x.sqrt_()", "infinite-derivative", "x.add_(1e-12).sqrt_()"),
        ("p.addcdiv_(m, v)", "p.addcdiv_(m, v)", "optimizer-epsilon", "p.addcdiv_(m, v + 1e-6)"),
        ("y = torch.cov(x)", "torch.cov(x)", "one-sample", "y = torch.cov(x, correction=0)"),
        ("y = Normal(m, s).log_prob(x)", "Normal(m, s).log_prob(x)", "division-by-zero",
         "y = Normal(m, s.clamp(min=1e-6)).log_prob(x)"),
        ("d = Normal(m, scale=s)\ny = d.log_prob(x)", "d.log_prob(x)", "division-by-zero",
         "d = Normal(m, scale=s.clamp(min=1e-6))"),
        ("y = x.norm(dim=1)", "x.norm(dim=1)", "infinite-derivative",
         "y = (x.square().sum(dim=1) + 1e-12).sqrt()"),
        ("y = x.std(0)", "x.std(0)", "one-sample",
         "y = (x.var(0, correction=0) + 1e-12).sqrt()"),
    ],
)  # fmt: skip
def test_a_function(text, blamed, cause, expected):
    assert expected in proposed(text, blamed, cause)


@pytest.mark.parametrize(
    ("text", "blamed", "cause", "expected"),
    [
        ("y = a / b", "a / b", "division-by-zero", "y = a / (b + 1e-6)"),
        ("y = a / b", "a / b", "division-by-zero", "y = a / torch.where(b == 0, 1.0, b)"),
        ("y = a / b", "a / b", "division-by-zero", "y = (a + 1e-6) / (b + 1e-6)"),
        ("w /= w.sum()", "w /= w.sum()", "division-by-zero", "w /= w.sum() + 1e-6"),
        ("y = torch.div(a, b)", "torch.div(a, b)", "division-by-zero",
         "y = torch.div(a, b + 1e-6)"),
        ("y = g / g.square().sum().sqrt()", "g / g.square().sum().sqrt()", "division-by-zero",
         "y = g / (g.square().sum() + 1e-12).sqrt()"),
        ("n = (g * g).sum() ** 0.5\ny = g / n", "g / n", "clip-by-norm",
         "n = ((g * g).sum() + 1e-12) ** 0.5"),
        ("y = s / n", "s / n", "empty-mean", "y = s / torch.as_tensor(n).clamp(min=1)"),
        ("y = x**0.5", "x**0.5", "infinite-derivative", "y = x.clamp(min=1e-6)**0.5"),
        ("y = r.pow(-6)", "r.pow(-6)", "overflow", "y = r.clamp(min=1e-4).pow(-6)"),
        ("y = x.pow(2)", "x.pow(2)", "overflow", "y = x.clamp(-1e12, 1e12).pow(2)"),
        ("y = x @ w", "x @ w", "overflow",
         "w = w.clamp(-1e12, 1e12)\nx = x.clamp(-1e12, 1e12)"),
        ("y = p * l", "p * l", "zero-times-inf",
         "y = p.clamp(-1e9, 1e9) * l.clamp(-1e9, 1e9)"),
    ],
)  # fmt: skip
def test_arithmetic(text, blamed, cause, expected):
    assert expected in proposed(text, blamed, cause)


def test_epsilons_are_those_that_the_precision_holds():
    edits = proposed("y = a / b", "a / b", "division-by-zero", operands=["other: float16 [3]"])
    assert "y = a / (b + 1e-4)" in edits


def test_log_of_a_softmax_that_has_a_name():
    text = "p = torch.softmax(x, dim=1)\ny = torch.log(p)"
    assert "y = torch.log_softmax(x, dim=1)" in proposed(text, "torch.log(p)", "log-domain")


MASKED = """
def scores(q, allowed):
    return q.masked_fill(~allowed, float("-inf"))

def kl(p, q):
    return p - q
"""


INFO_NCE = """
def info_nce(logits):
    scores = torch.exp(logits)
    return -torch.log(scores[:, 0] / scores.sum(1)).mean()
"""


@pytest.mark.parametrize("blamed", ["torch.exp(logits)", "torch.log(scores[:, 0] / scores.sum(1))"])
def test_a_logarithm_of_exponentials_is_written_without_them(blamed):
    assert proposed(INFO_NCE, blamed, "overflow")[0] == (
        "    return -(logits[:, 0] - torch.logsumexp(logits, 1)).mean()"
    )


@pytest.mark.parametrize(
    ("text", "blamed", "expected"),
    [
        ("y = a - torch.log(a.exp().sum(1, keepdim=True))",
         "torch.log(a.exp().sum(1, keepdim=True))", "y = a - torch.logsumexp(a, 1, keepdim=True)"),
        ("y = torch.log((torch.exp(a) * m).sum(dim=-1))",
         "torch.log((torch.exp(a) * m).sum(dim=-1))",
         "y = torch.logsumexp((a + torch.log(m)), dim=-1)"),
        ("y = (a.exp() + b.exp()).log()", "(a.exp() + b.exp()).log()", "y = torch.logaddexp(a, b)"),
        ("y = torch.log(torch.sigmoid(a) ** 2)", "torch.log(torch.sigmoid(a) ** 2)",
         "y = 2 * torch.nn.functional.logsigmoid(a)"),
        ("y = torch.log(torch.diag(a.exp()))", "torch.log(torch.diag(a.exp()))", "y = a.diag()"),
    ],
)  # fmt: skip
def test_the_logarithm_of(text, blamed, expected):
    assert expected in proposed(text, blamed, "log-domain")


def test_a_value_that_is_changed_in_place_stays_in_its_logarithm():
    text = "p = torch.exp(a)\np[0] = 1\ny = torch.log(p.sum(0))"
    assert not any("a, 0" in edit for edit in proposed(text, "torch.exp(a)", "overflow"))


def test_an_expression_that_stands_twice_is_changed_twice():
    text = "y = torch.exp(a) / torch.exp(a).sum(1)"
    assert "y = torch.exp(a.clamp(max=30)) / torch.exp(a.clamp(max=30)).sum(1)" in proposed(
        text, "torch.exp(a)", "overflow"
    )


def test_a_division_in_numpy_that_made_the_data():
    text = "x = (x - m) / x.std(0)\ny = model(x)"
    edits = proposed(text, "model(x)", "bad-input", phase="data", also=["(x - m) / x.std(0)"])
    assert edits[0] == "x = (x - m) / (x.std(0) + 1e-6)"


def test_a_mask_is_made_finite_where_it_is_made():
    edits = proposed(MASKED, "p - q", "inf-minus-inf", also=["q.masked_fill"])
    assert edits[0] == "    return q.masked_fill(~allowed, -1e9)"


def test_a_mask_that_is_not_on_the_way_is_found_by_what_writes_it():
    assert proposed(MASKED, "p - q", "inf-minus-inf")[0].endswith("-1e9)")


def test_a_mask_that_is_a_constant():
    text = "NEVER = -torch.inf\nx = torch.where(m, x, NEVER)\ny = x - z"
    assert proposed(text, "x - z", "inf-minus-inf", also=["x = torch"])[0] == "NEVER = -1e9"


def test_a_mask_that_is_assigned_by_index():
    text = 'x[m] = float("-inf")\ny = x - z'
    assert proposed(text, "x - z", "inf-minus-inf")[0] == "x[m] = -1e9"


def test_a_padding_mask_that_masks_all():
    text = "h, _ = self.attn(x, x, x, key_padding_mask=pad)"
    edits = proposed(text, text.removeprefix("h, _ = "), "all-masked")
    assert any("key_padding_mask=pad & ~pad.all(-1, keepdim=True))" in edit for edit in edits)


def test_ctc_where_the_loss_is_made_and_where_it_is_called():
    text = "ctc = nn.CTCLoss(blank=0)\nloss = ctc(p, t, n, m)"
    edits = proposed(text, "ctc(p, t, n, m)", "bad-target", operation="aten._ctc_loss.default")
    assert edits[:2] == [
        "ctc = nn.CTCLoss(blank=0, zero_infinity=True)",
        "ctc.zero_infinity = True",
    ]


HALF = """
class Net(nn.Module):
    def forward(self, x):
        return self.wo(x.half() * x)
"""


def test_half_precision_is_left():
    edits = proposed(HALF, "self.wo(x.half() * x)", "half-overflow")
    assert "        return self.wo((x.half() * x).float())" in edits
    assert "        return self.wo(x * x)" in edits
    assert (
        "        with torch.autocast(x.device.type, enabled=False):\n"
        "            return self.wo(x.float().half() * x.float())"
    ) in edits


def test_an_epsilon_that_half_precision_cannot_hold():
    text = "def f(x, eps=1e-8):\n    return x / (x.norm() + eps)"
    edits = proposed(text, "x / (x.norm() + eps)", "half-underflow")
    assert "def f(x, eps=1e-4):" in edits


def test_a_loss_scale():
    text = "SCALE = 65536.0\ny = body(x)\n(loss * SCALE).backward()"
    assert "SCALE = 64.0" in proposed(text, "body(x)", "half-overflow", phase="backward")


def test_gradients_are_clipped_where_they_pass():
    text = "def cell(h):\n    return torch.sin(w * h)"
    edits = proposed(text, "torch.sin(w * h)", "overflow", phase="backward")
    assert any("h.register_hook(lambda grad: grad.clamp(-1e3, 1e3))" in edit for edit in edits)


def test_rows_of_a_loop_over_batches():
    text = "for i, (x, y) in enumerate(loader):\n    loss = criterion(model(x), y)\n"
    edits = proposed(text, "criterion(model(x), y)", "bad-input", phase="data")
    assert edits[0].splitlines()[-1] == "    x, y = x[kept], y[kept]"


def test_rows_of_slices_that_belong_together():
    text = "def f():\n    out = model(xs[a:b])\n    loss = (out - ys[a:b]).abs().mean()\n"
    edit = proposed(text, "model(xs[a:b])", "bad-input", phase="data")[0]
    assert "    out = model(xs[a:b][kept])\n    loss = (out - ys[a:b][kept]).abs().mean()" in edit


def test_rows_of_a_batch_that_is_a_dictionary():
    text = 'for batch in loader:\n    out = model(batch["x"])\n'
    edit = proposed(text, 'model(batch["x"])', "bad-input", phase="data")[0]
    assert "    batch = {k: v[kept] for k, v in batch.items()}" in edit


def test_a_name_that_the_program_has_is_not_taken():
    text = "for x, kept in loader:\n    out = model(x)\n"
    edit = proposed(text, "model(x)", "bad-input", phase="data")[0]
    assert edit.splitlines()[-1] == "    x, kept = x[kept1], kept[kept1]"


def test_rows_of_a_batch_that_a_function_is_given():
    text = 'def step(model, x, y):\n    """One."""\n    return (model(x) - y).mean()\n'
    edit = proposed(text, "model(x)", "bad-input", phase="data")[0]
    assert edit.splitlines()[-1] == "    x, y = x[kept], y[kept]"


@pytest.mark.parametrize(
    ("text", "blamed", "expected"),
    [
        ("y = x[m].mean(dim=1)", "x[m].mean(dim=1)",
         "y = (x[m].mean(dim=1) if x[m].numel() else x[m].sum(dim=1))"),
        ("y = F.mse_loss(a[m], b[m])", "F.mse_loss(a[m], b[m])",
         "y = (F.mse_loss(a[m], b[m]) if b[m].numel() else a[m].sum() * 0)"),
        ("c = nn.NLLLoss(ignore_index=0)\ny = c(a, b)", "c(a, b)",
         "y = (c(a, b) if (b != 0).any() else a.sum() * 0)"),
    ],
)  # fmt: skip
def test_the_mean_of_nothing(text, blamed, expected):
    assert expected in proposed(text, blamed, "empty-mean")


def test_the_eps_of_a_layer():
    text = "net = nn.Sequential(nn.LayerNorm(8, eps=0.0), nn.ReLU())\ny = net(x)"
    edits = proposed(text, "net(x)", "division-by-zero", operation="aten.native_layer_norm.default")
    assert "net = nn.Sequential(nn.LayerNorm(8, eps=1e-5), nn.ReLU())" in edits


def test_a_layer_with_weight_norm_gets_weights():
    text = "weight_norm(net.out)\ny = net(x)"
    operation = "aten._weight_norm_interface.default"
    edits = proposed(text, "net(x)", "division-by-zero", operation=operation)
    assert any("net.out.weight += 1e-3 * torch.randn_like(net.out.weight)" in e for e in edits)


def test_a_recurrent_layer_that_grows():
    text = 'rnn = nn.RNN(3, 8, nonlinearity="relu")\nh, _ = rnn(x)'
    edits = proposed(text, "rnn(x)", "overflow", operation="aten.rnn_relu.input")
    assert any("rnn.named_parameters()" in edit for edit in edits)
    assert 'rnn = nn.RNN(3, 8, nonlinearity="tanh")' in edits


@pytest.mark.parametrize("made", ["torch.empty(3)", "torch.Tensor(3)", "torch.FloatTensor(3)"])
def test_memory_that_is_not_initialised(made):
    text = f"w = {made}\ny = w * x"
    assert "w = torch.zeros(3)" in proposed(text, "w * x", "uninitialised")


CHAIN = """
scale = (
    x
    .var(dim=1)
    .sqrt()
)
"""


def test_a_method_on_a_line_of_its_own():
    """Python places such a call at the method's name."""
    edits = proposed(CHAIN, "sqrt()", "infinite-derivative")
    assert "    (x\n    .var(dim=1) + 1e-12)" in edits
    assert "    .var(dim=1).clamp(min=1e-12)" in edits


def test_what_hides_the_defect_is_marked():
    found = Finding("log-domain", "", "forward", "", _line("y = p.log()", "p.log()"))
    hiding = [remedy for remedy in remedies(found, lambda path: "y = p.log()") if remedy.hides]
    assert [remedy.kind for remedy in hiding] == ["nan_to_num"]


def test_a_place_that_is_no_expression_gets_no_edit():
    assert proposed("y = a / b", "y =", "division-by-zero") == []


STEP = """
for x in data:
    loss = model(x).mean()
    loss.backward()
    self.opt.step()
"""


def test_before_the_optimizer_takes_its_step():
    found = Finding("divergence", "", "optimizer", "", None, lr=0.1)
    found.step_line = _line(STEP, "self.opt.step()")
    titles = {r.kind: _changed(STEP, r.edit.after) for r in remedies(found, lambda path: STEP)}
    assert "clip_grad_norm_([p for g in self.opt.param_groups" in titles["clip"]
    assert titles["learning rate"].endswith('    g["lr"] = 0.001')
    assert set(titles) == {"clip", "learning rate", "skip"}
