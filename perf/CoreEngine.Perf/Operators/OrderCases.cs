namespace CoreEngine.Perf;

using static OperatorInput;

/// <summary>Sorting and the largest elements.</summary>
internal static class OrderCases
{
    private const string Group = "order";

    private static readonly (string Name, OperatorInput X, string Axis)[] s_axes =
    [
        ("rows of 1024", Distinct(512, 1024), "1"),
        ("columns of 512", Distinct(512, 1024), "0"),
        ("one row of 262144", Distinct(262144), "0"),
    ];

    public static IEnumerable<OperatorCase> All =>
        [
            .. s_axes.SelectMany(s => Orders(s.Name, s.X, s.Axis)),
            Largest("value", 10, "y[0]"),
            Largest("indices", 10, "y[1]"),
            Largest("both", 10, "y[0]"),
            Largest("value", 100, "y[0]"),
            new OperatorCase(
                Group,
                "topk",
                [Distinct(512, 1024)],
                "y.zero_().scatter_(1, torch.topk(a, 10, 1)[1], 1.0)"
            )
            {
                Detail = "mask, 10 of 1024",
                Attributes = "k=10; axis=1; ret_typ=mask",
                Setup = "y = torch.empty(512, 1024)",
            },
        ];

    private static OperatorCase[] Orders(string name, OperatorInput x, string axis) =>
        [
            new(Group, "sort", [x], $"torch.sort(a, {axis}, out=y)")
            {
                Detail = name,
                Attributes = $"axis={axis}",
                Expected = "y[0]",
                Variables = axis == "1" ? "a" : "",
                TorchHead = "y[0]",
            },
            new(Group, "argsort", [x], $"torch.argsort(a, {axis})") { Detail = name, Attributes = $"axis={axis}" },
        ];

    private static OperatorCase Largest(string kind, int count, string expected) =>
        new(Group, "topk", [Distinct(512, 1024)], $"torch.topk(a, {count}, 1, out=y)")
        {
            Detail = $"{kind}, {count} of 1024",
            Attributes = $"k={count}; axis=1; ret_typ={kind}",
            Expected = expected,
            Variables = kind == "value" ? "a" : "",
            TorchHead = "y[0]",
        };
}
