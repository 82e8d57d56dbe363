namespace CoreEngine.Perf;

using static OperatorInput;

/// <summary>Operators whose operands are stretched along axes of length one.</summary>
internal static class BroadcastCases
{
    private const string Group = "broadcast";

    private static readonly (string Name, long[] Left, long[] Right)[] s_shapes =
    [
        ("row", [512, 1024], [1, 1024]),
        ("column", [512, 1024], [512, 1]),
        ("channels", [8, 64, 28, 36], [1, 64, 1, 1]),
    ];

    public static IEnumerable<OperatorCase> All =>
        [
            .. Arithmetic("add", "add"),
            .. Arithmetic("sub", "sub"),
            .. Arithmetic("mul", "mul"),
            .. Arithmetic("div", "div"),
            .. Arithmetic("maximum", "maximum"),
            .. Arithmetic("minimum", "minimum"),
            .. Arithmetic("hypot", "hypot"),
            .. Arithmetic("power", "pow"),
            .. Arithmetic("mod", "remainder"),
            .. Comparison("equal", "eq"),
            .. Comparison("not_equal", "ne"),
            .. Comparison("greater", "gt"),
            .. Comparison("greater_equal", "ge"),
            .. Comparison("lesser", "lt"),
            .. Comparison("lesser_equal", "le"),
            Stretch("broadcast_axis", "rows", "axis=0; size=512", 1, 1024),
            Stretch("broadcast_axis", "columns", "axis=1; size=1024", 512, 1),
            Stretch("broadcast_to", "rows", "shape=(512,1024)", 1, 1024),
            Stretch("broadcast_to", "columns", "shape=(512,1024)", 512, 1),
        ];

    private static IEnumerable<OperatorCase> Arithmetic(string name, string torch) =>
        s_shapes.Select(shape => new OperatorCase(
            Group,
            $"broadcast_{name}",
            [Uniform(0.1, 3, shape.Left), Uniform(0.5, 2, shape.Right)],
            $"torch.{torch}(a, b, out=y)"
        )
        {
            Detail = shape.Name,
            Variables = "ab",
        });

    private static IEnumerable<OperatorCase> Comparison(string name, string torch) =>
        s_shapes
            .Take(2)
            .Select(shape => new OperatorCase(
                Group,
                $"broadcast_{name}",
                [Signed(shape.Left), Signed(shape.Right)],
                $"torch.{torch}(a, b, out=y)"
            )
            {
                Detail = shape.Name,
                Setup = "y = torch.empty_like(a)",
            });

    private static OperatorCase Stretch(string name, string detail, string attributes, params long[] extents) =>
        new(Group, name, [Signed(extents)], "y.copy_(e)")
        {
            Detail = detail,
            Attributes = attributes,
            Setup = "y = torch.empty(512, 1024); e = a.expand(512, 1024)",
            Variables = "a",
            TorchHead = "e",
        };
}
