namespace CoreEngine.Perf;

using static OperatorInput;

/// <summary>Random numbers; what comes out is not compared.</summary>
internal static class RandomCases
{
    private const string Group = "random";
    private const string Shape = "; shape=(512,1024)";
    private const string PerRow = "; shape=1024";
    private const string Result = "y = torch.empty(512, 1024)";

    public static IEnumerable<OperatorCase> All =>
        [
            Draw("uniform", "low=-1; high=1", "y.uniform_(-1, 1)"),
            Draw("normal", "loc=0; scale=1", "y.normal_(0, 1)"),
            Draw("exponential", "lam=2", "y.exponential_(2)"),
            Draw("gamma", "alpha=3; beta=2", "torch._standard_gamma(k).mul_(2)", "k = torch.full((512, 1024), 3.0)"),
            Draw("poisson", "lam=4", "torch.poisson(k)", "k = torch.full((512, 1024), 4.0)"),
            Draw(
                "negative_binomial",
                "k=5; p=0.5",
                "torch.poisson(torch._standard_gamma(k))",
                "k = torch.full((512, 1024), 5.0)"
            ),
            Draw(
                "generalized_negative_binomial",
                "mu=4; alpha=0.5",
                "torch.poisson(torch._standard_gamma(k).mul_(2))",
                "k = torch.full((512, 1024), 2.0)"
            ),
            Rows("uniform", [Uniform(-2, -1, 512), Uniform(1, 2, 512)], "torch.rand(512, 1024).mul_(w).add_(l)") with
            {
                Setup = "l = a[:, None]; w = b[:, None] - l",
            },
            Rows("normal", [Signed(512), Uniform(0.5, 1.5, 512)], "torch.normal(m, s)") with
            {
                Setup = "m = a[:, None].expand(512, 1024); s = b[:, None].expand(512, 1024)",
            },
            Rows("exponential", [Uniform(0.5, 1.5, 512)], "y.exponential_(1).div_(l)") with
            {
                Setup = $"{Result}; l = a[:, None]",
            },
            Rows("gamma", [Uniform(0.5, 4, 512), Uniform(0.5, 2, 512)], "torch._standard_gamma(k).mul_(s)") with
            {
                Setup = "k = a[:, None].expand(512, 1024); s = b[:, None]",
            },
            Rows("poisson", [Uniform(0.5, 8, 512)], "torch.poisson(l)") with
            {
                Setup = "l = a[:, None].expand(512, 1024)",
            },
            Rows(
                "negative_binomial",
                [Uniform(2, 8, 512), Uniform(0.3, 0.7, 512)],
                "torch.poisson(torch._standard_gamma(k).mul_(s))"
            ) with
            {
                Setup = "k = a[:, None].expand(512, 1024); s = (1 - b[:, None]) / b[:, None]",
            },
            new OperatorCase(
                Group,
                "_sample_multinomial",
                [Constant(1 / 1024f, 512, 1024)],
                "torch.multinomial(a, 64, True)"
            )
            {
                Attributes = "shape=64",
                Expected = null,
            },
        ];

    private static OperatorCase Draw(string name, string attributes, string torch, string setup = Result) =>
        new(Group, $"_random_{name}", [], torch)
        {
            Attributes = attributes + Shape,
            Setup = setup,
            Expected = null,
        };

    private static OperatorCase Rows(string name, OperatorInput[] parameters, string torch) =>
        new(Group, $"_sample_{name}", parameters, torch) { Attributes = PerRow[2..], Expected = null };
}
