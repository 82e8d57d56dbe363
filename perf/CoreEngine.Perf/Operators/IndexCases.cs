namespace CoreEngine.Perf;

using static OperatorInput;

/// <summary>Reading and writing by index, and parts of arrays.</summary>
internal static class IndexCases
{
    private const string Group = "index";

    public static IEnumerable<OperatorCase> All =>
        [
            new OperatorCase(
                Group,
                "take",
                [Signed(10000, 64), Index(10000, 8192)],
                "torch.index_select(a, 0, i, out=y)"
            )
            {
                Detail = "rows of 64",
                Setup = "i = b.detach().long()",
                Variables = "a",
            },
            new OperatorCase(Group, "take", [Signed(1000000), Index(1000000, 262144)], "torch.take(a, i, out=y)")
            {
                Detail = "single elements",
                Setup = "i = b.detach().long()",
                Variables = "a",
            },
            new OperatorCase(Group, "Embedding", [Index(30000, 32, 35), Signed(30000, 300)], "F.embedding(i, b)")
            {
                Attributes = "input_dim=30000; output_dim=300",
                Setup = "i = a.detach().long()",
                Variables = "b",
            },
            new OperatorCase(Group, "batch_take", [Signed(65536, 8), Index(8, 65536)], "a.gather(1, i).squeeze(1)")
            {
                Setup = "i = b.long().unsqueeze(1)",
            },
            new OperatorCase(Group, "pick", [Signed(65536, 8), Index(8, 65536)], "a.gather(1, i).squeeze(1)")
            {
                Attributes = "axis=1",
                Setup = "i = b.detach().long().unsqueeze(1)",
                Variables = "a",
            },
            new OperatorCase(Group, "gather_nd", [Signed(512, 1024), Places(512, 1024, 131072)], "a[i, j]")
            {
                Detail = "single elements",
                Setup = "i, j = b.detach().long().unbind(0)",
                Variables = "a",
            },
            new OperatorCase(Group, "gather_nd", [Signed(64, 128, 64), Places(64, 128, 8192)], "a[i, j]")
            {
                Detail = "rows of 64",
                Setup = "i, j = b.detach().long().unbind(0)",
                Variables = "a",
            },
            new OperatorCase(
                Group,
                "scatter_nd",
                [Signed(131072), Places(512, 1024, 131072)],
                "y.zero_().index_put_((i, j), a)"
            )
            {
                Detail = "single elements",
                Attributes = "shape=(512,1024)",
                Setup = "i, j = b.long().unbind(0); y = torch.empty(512, 1024)",
            },
            new OperatorCase(
                Group,
                "scatter_nd",
                [Signed(8192, 64), Places(64, 128, 8192)],
                "y.zero_().index_put_((i, j), a)"
            )
            {
                Detail = "rows of 64",
                Attributes = "shape=(64,128,64)",
                Setup = "i, j = b.long().unbind(0); y = torch.empty(64, 128, 64)",
            },
            new OperatorCase(
                Group,
                "_scatter_set_nd",
                [Signed(131072), Places(512, 1024, 131072)],
                "y.index_put_((i, j), a)"
            )
            {
                Attributes = "shape=(512,1024)",
                Setup = "i, j = b.long().unbind(0); y = torch.empty(512, 1024)",
                // What is not named by the indices stays as it was, which is anything here.
                Expected = null,
            },
            new OperatorCase(Group, "one_hot", [Index(1000, 512)], "y.zero_().scatter_(1, i, 1.0)")
            {
                Attributes = "depth=1000",
                Setup = "i = a.long().unsqueeze(1); y = torch.empty(512, 1000)",
            },
            new OperatorCase(
                Group,
                "_onehot_encode",
                [Label(1000, 512), Constant(0, 512, 1000)],
                "y.zero_().scatter_(1, i, 1.0)"
            )
            {
                Setup = "i = a.long().unsqueeze(1); y = torch.empty(512, 1000)",
                Target = 1,
            },
            new OperatorCase(
                Group,
                "choose_element_0index",
                [Signed(65536, 8), Label(8, 65536)],
                "a.gather(1, i).squeeze(1)"
            )
            {
                Setup = "i = b.long().unsqueeze(1)",
            },
            new OperatorCase(
                Group,
                "fill_element_0index",
                [Signed(65536, 8), Signed(65536), Label(8, 65536)],
                "a.scatter_(1, i, v)"
            )
            {
                Setup = "i = c.long().unsqueeze(1); v = b.unsqueeze(1)",
                Target = 0,
                Expected = "a",
            },
            .. Slices(),
        ];

    private static OperatorCase[] Slices()
    {
        OperatorInput x = Signed(1000, 1000);
        return
        [
            Part("slice", "rows", x, "begin=(100,None); end=(700,None)", "a[100:700]"),
            Part("slice", "columns", x, "begin=(None,100); end=(None,700)", "a[:, 100:700]"),
            Part("slice", "every second", x, "begin=(None,0); end=(None,1000); step=(None,2)", "a[:, ::2]"),
            Part("slice_axis", "columns", x, "axis=1; begin=100; end=700", "a[:, 100:700]"),
            new(Group, "_slice_assign", [x, Signed(1000, 600)], "v.copy_(b)")
            {
                Detail = "columns",
                Attributes = "begin=(0,100); end=(1000,700)",
                Setup = "v = a[:, 100:700]",
                Target = 0,
                Expected = "a",
            },
            new(Group, "_slice_assign_scalar", [x], "v.fill_(0.5)")
            {
                Detail = "columns",
                Attributes = "begin=(0,100); end=(1000,700); scalar=0.5",
                Setup = "v = a[:, 100:700]",
                Target = 0,
                Expected = "a",
            },
        ];
    }

    private static OperatorCase Part(string name, string detail, OperatorInput x, string attributes, string torch) =>
        new(Group, name, [x], $"{torch}.clone(memory_format=torch.contiguous_format)")
        {
            Detail = detail,
            Attributes = attributes,
            Variables = "a",
        };
}
