namespace CoreEngine.Perf;

using static OperatorInput;

/// <summary>Operators that only move, repeat or make elements.</summary>
internal static class MovementCases
{
    private const string Group = "movement";

    private static readonly OperatorInput s_matrix = Signed(512, 1024);
    private static readonly OperatorInput s_images = Signed(8, 64, 28, 36);

    public static IEnumerable<OperatorCase> All => [.. Orders(), .. Shapes(), .. Joins(), .. Repeats(), .. Creations()];

    private static OperatorCase Copy(
        string name,
        OperatorInput x,
        string attributes,
        string view,
        string detail = ""
    ) =>
        new(Group, name, [x], $"{view}.contiguous()")
        {
            Detail = detail,
            Attributes = attributes,
            Variables = "a",
        };

    private static OperatorCase[] Orders() =>
        [
            Copy("transpose", s_matrix, "", "a.t()", "512x1024"),
            Copy("transpose", s_images, "axes=(0,2,3,1)", "a.permute(0, 2, 3, 1)", "channels last"),
            Copy("transpose", Signed(32, 64, 8, 32), "axes=(0,2,1,3)", "a.permute(0, 2, 1, 3)", "heads"),
            Copy("SwapAxis", Signed(64, 128, 64), "dim1=0; dim2=2", "a.transpose(0, 2)"),
            Copy("reverse", s_matrix, "axis=1", "a.flip(1)", "columns"),
            Copy("reverse", s_matrix, "axis=0", "a.flip(0)", "rows"),
        ];

    /// <summary>PyTorch's are views; ours write into the array that they are given, and so does its copy.</summary>
    private static IEnumerable<OperatorCase> Shapes() =>
        new[] { ("Reshape", "shape=(1024,512)"), ("Flatten", ""), ("expand_dims", "axis=1") }
            .Select(one => new OperatorCase(Group, one.Item1, [s_images], "y.copy_(a)")
            {
                Attributes = one.Item1 == "Reshape" ? "shape=(-1,36)" : one.Item2,
                Setup = "y = torch.empty_like(a)",
            })
            .Append(
                new OperatorCase(Group, "reshape_like", [s_matrix, Signed(1024, 512)], "y.copy_(a)")
                {
                    Setup = "y = torch.empty_like(a)",
                }
            );

    private static OperatorCase[] Joins() =>
        [
            new(Group, "Concat", [Signed(512, 512), Signed(512, 512)], "torch.cat((a, b), 1, out=y)")
            {
                Detail = "columns",
                Attributes = "num_args=2; dim=1",
                Variables = "ab",
            },
            new(Group, "Concat", [Signed(256, 1024), Signed(256, 1024)], "torch.cat((a, b), 0, out=y)")
            {
                Detail = "rows",
                Attributes = "num_args=2; dim=0",
            },
            new(Group, "stack", [Signed(512, 512), Signed(512, 512)], "torch.stack((a, b), 1, out=y)")
            {
                Attributes = "num_args=2; axis=1",
                Variables = "ab",
            },
            new(Group, "SliceChannel", [s_matrix], "[p.contiguous() for p in a.chunk(4, 1)]")
            {
                Detail = "in 4",
                Attributes = "num_outputs=4; axis=1",
                Expected = "y[0]",
                Variables = "a",
            },
            Copy("Pad", s_images, "mode=constant; pad_width=(0,0,0,0,1,1,2,2)", "F.pad(a, (2, 2, 1, 1))", "constant"),
            Copy(
                "Pad",
                s_images,
                "mode=edge; pad_width=(0,0,0,0,1,1,2,2)",
                "F.pad(a, (2, 2, 1, 1), mode='replicate')",
                "edge"
            ),
            Copy(
                "Pad",
                s_images,
                "mode=reflect; pad_width=(0,0,0,0,1,1,2,2)",
                "F.pad(a, (2, 2, 1, 1), mode='reflect')",
                "reflect"
            ),
            Copy("Crop", s_images, "num_args=1; offset=(2,3); h_w=(24,28)", "a[:, :, 2:26, 3:31]"),
        ];

    private static OperatorCase[] Repeats() =>
        [
            Copy("tile", Signed(128, 256), "reps=(4,4)", "a.tile(4, 4)", "128x256 4x4 times"),
            Copy("tile", Signed(8, 64, 28, 9), "reps=(1,1,1,4)", "a.tile(1, 1, 1, 4)", "inner axis"),
            Copy("repeat", Signed(512, 256), "repeats=4; axis=1", "a.repeat_interleave(4, 1)", "columns"),
            Copy("repeat", Signed(128, 1024), "repeats=4; axis=0", "a.repeat_interleave(4, 0)", "rows"),
            Copy(
                "UpSampling",
                Signed(8, 32, 24, 28),
                "scale=2; sample_type=nearest; num_args=1",
                "F.interpolate(a, scale_factor=2, mode='nearest')",
                "nearest"
            ),
        ];

    private static OperatorCase[] Creations() =>
        [
            new(Group, "_zeros", [], "y.zero_()")
            {
                Attributes = "shape=(512,1024)",
                Setup = "y = torch.empty(512, 1024)",
            },
            new(Group, "_ones", [], "y.fill_(1)")
            {
                Attributes = "shape=(512,1024)",
                Setup = "y = torch.empty(512, 1024)",
            },
            new(Group, "_full", [], "y.fill_(2.5)")
            {
                Attributes = "shape=(512,1024); value=2.5",
                Setup = "y = torch.empty(512, 1024)",
            },
            new(Group, "_arange", [], "torch.arange(0, 524288, dtype=torch.float32, out=y)")
            {
                Attributes = "start=0; stop=524288",
            },
        ];
}
