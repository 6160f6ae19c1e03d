"""torch.distributions objects kept over a loop: lazy properties, transforms, mixtures, constraints, learned."""

import torch
from torch import distributions as d
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
mean, scale = nn.Parameter(torch.zeros(2)), nn.Parameter(torch.zeros(2))
optimizer = torch.optim.Adam([mean, scale], lr=0.05)
prior = d.Independent(d.Normal(torch.zeros(2), torch.ones(2)), 1)
kept = {
    "categorical": d.Categorical(logits=torch.randn(4)),
    "bernoulli": d.Bernoulli(probs=torch.rand(3)),
    "multivariate": d.MultivariateNormal(torch.zeros(2), covariance_matrix=torch.eye(2) * 2),
    "beta": d.Beta(torch.tensor(2.0), torch.tensor(3.0)),
    "gamma": d.Gamma(torch.tensor(2.0), torch.tensor(3.0)),
    "dirichlet": d.Dirichlet(torch.ones(3)),
    "log normal": d.LogNormal(0.0, 0.5),
    "mixture": d.MixtureSameFamily(d.Categorical(torch.ones(2)), d.Normal(torch.tensor([-2.0, 2.0]), 0.1)),
    "squashed": d.TransformedDistribution(d.Normal(torch.zeros(2), 1.0), [d.TanhTransform(cache_size=1), d.AffineTransform(1.0, 2.0)]),
    "relaxed": d.RelaxedOneHotCategorical(torch.tensor(0.5), logits=torch.randn(3)),
    "poisson": d.Poisson(torch.tensor(3.0)),
    "student": d.StudentT(5.0),
    "von mises": d.VonMises(torch.tensor(0.0), torch.tensor(4.0)),
    "low rank": d.LowRankMultivariateNormal(torch.zeros(2), torch.ones(2, 1), torch.ones(2)),
    "wishart": d.Wishart(torch.tensor(3.0), torch.eye(2)),
}
for step in range(4):
    posterior = d.Independent(d.Normal(mean, scale.exp()), 1)
    sample = posterior.rsample((8,))
    loss = (posterior.log_prob(sample) - prior.log_prob(sample)).mean() + d.kl_divergence(posterior.base_dist, prior.base_dist).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, loss.item(), mean.tolist(), prior.mean.tolist())
    for name, one in kept.items():
        drawn = one.sample()
        print(name, drawn.tolist(), one.log_prob(drawn).sum().item())
print(kept["categorical"].entropy().item(), kept["categorical"].probs.tolist(), kept["multivariate"].support)
