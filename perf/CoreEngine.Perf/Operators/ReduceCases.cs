namespace CoreEngine.Perf;

using static OperatorInput;

/// <summary>Sums, products, extremes and their places, along the last axis, the first, the inner ones, and all.</summary>
internal static class ReduceCases
{
    private const string Group = "reduce";

    private static readonly (string Name, string Axis, string Dims, long[] Extents)[] s_axes =
    [
        ("rows", "1", "1", [512, 1024]),
        ("columns", "0", "0", [512, 1024]),
        ("images", "(0,2,3)", "(0, 2, 3)", [8, 64, 28, 36]),
        ("all", "None", "", [512, 1024]),
    ];

    public static IEnumerable<OperatorCase> All =>
        [
            .. Along("sum", "torch.sum"),
            .. Along("mean", "torch.mean"),
            .. Along("nansum", "torch.nansum"),
            .. Along("max", "torch.amax"),
            .. Along("min", "torch.amin"),
            .. Along("prod", "torch.prod", several: false),
            .. Places("argmax"),
            .. Places("argmin"),
            new OperatorCase(Group, "argmax_channel", [Distinct(512, 1024)], "torch.argmax(a, 1)"),
            new OperatorCase(Group, "norm", [Signed(512, 1024)], "torch.norm(a)") { Variables = "a" },
            new OperatorCase(Group, "_square_sum", [Signed(512, 1024)], "torch.sum(torch.square(a), 1)")
            {
                Attributes = "axis=1",
            },
        ];

    private static IEnumerable<OperatorCase> Along(string name, string torch, bool several = true) =>
        s_axes
            .Where(axis => several || axis.Dims.Length == 1)
            .Select(axis => new OperatorCase(
                Group,
                name,
                [name == "prod" ? Uniform(0.99, 1.01, axis.Extents) : Distinct(axis.Extents)],
                axis.Dims.Length > 0 ? $"{torch}(a, {axis.Dims})" : $"{torch}(a)"
            )
            {
                Detail = axis.Name,
                Attributes = axis.Dims.Length > 0 ? $"axis={axis.Axis}" : "",
                Variables = "a",
                Bound = 1e-4,
            });

    private static IEnumerable<OperatorCase> Places(string name) =>
        s_axes
            .Take(2)
            .Select(axis => new OperatorCase(Group, name, [Distinct(axis.Extents)], $"torch.{name}(a, {axis.Dims})")
            {
                Detail = axis.Name,
                Attributes = $"axis={axis.Axis}",
            });
}
