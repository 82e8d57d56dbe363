namespace CoreEngine.Operators.Tests;

/// <summary>Shapes, types and attributes that do not fit are refused when the call is made.</summary>
[TestClass]
public sealed class BadCallTests
{
    /// <summary>Calls whose shapes do not fit.</summary>
    public static IEnumerable<BadCall> Shapes =>
        [
            new("Reshape", [2, 3]) { Attributes = { ["shape"] = "(4, 2)" }, Says = ["6 elements", "(4,2)"] },
            new("Reshape", [2, 3]) { Attributes = { ["shape"] = "(-1, -1)" }, Says = ["-1 more than once"] },
            new("Reshape", [2, 3]) { Attributes = { ["shape"] = "(4, -1)" }, Says = ["no multiple of 4"] },
            new("Reshape", [2, 3]) { Attributes = { ["shape"] = "(0, 0, 0)" }, Says = ["code 0", "(2,3)"] },
            new("Reshape", [2, 3]) { Attributes = { ["shape"] = "(-4, 2)" }, Says = ["-4 must be followed"] },
            new("Reshape", [2, 3])
            {
                Attributes = { ["shape"] = "(-4, 3, -1, 3)" },
                Says = ["2 cannot be split into 3"],
            },
            new("Reshape", [2, 3]) { Attributes = { ["shape"] = "(-7,)" }, Says = ["code -7"] },
            new("Reshape", [2, 3]) { Says = ["give 'shape'"] },
            new("expand_dims", [2, 3]) { Attributes = { ["axis"] = "4" }, Says = ["axis=4", "-3..2"] },
            new("transpose", [2, 3]) { Attributes = { ["axes"] = "(0, 0)" }, Says = ["axis 0 twice"] },
            new("transpose", [2, 3]) { Attributes = { ["axes"] = "(0, 1, 2)" }, Says = ["each of the 2 axes"] },
            new("SwapAxis", [2, 3]) { Attributes = { ["dim2"] = "5" }, Says = ["dim2=5"] },
            new("SwapAxis", [2, 3]) { Says = ["nothing to swap"] },
            new("reverse", [2, 3]) { Attributes = { ["axis"] = "2" }, Says = ["axis=2"] },
            new("Concat", [2, 3], [2, 4])
            {
                Attributes = { ["num_args"] = "2", ["dim"] = "0" },
                Says = ["differ in axis 1", "arg0 (2,3)", "arg1 (2,4)"],
            },
            new("Concat", [2, 3], [2])
            {
                Attributes = { ["num_args"] = "2", ["dim"] = "0" },
                Says = ["same number of axes"],
            },
            new("stack", [2, 3], [2, 4]) { Attributes = { ["num_args"] = "2" }, Says = ["differ in axis 1"] },
            new("SliceChannel", [2, 3])
            {
                Attributes = { ["num_outputs"] = "2" },
                Says = ["no multiple", "num_outputs=2"],
            },
            new("SliceChannel", [2, 6])
            {
                Attributes = { ["num_outputs"] = "3", ["squeeze_axis"] = "1" },
                Says = ["parts of extent 1"],
            },
            new("slice", [3])
            {
                Attributes = { ["begin"] = "(1,)", ["end"] = "(9,)" },
                Says = ["axis 0", "3 elements", "end=(9,)"],
            },
            new("slice", [3]) { Attributes = { ["begin"] = "(2,)", ["end"] = "(1,)" }, Says = ["empty"] },
            new("slice", [3])
            {
                Attributes =
                {
                    ["begin"] = "(0,)",
                    ["end"] = "(2,)",
                    ["step"] = "(0,)",
                },
                Says = ["step must not be 0"],
            },
            new("slice", [3])
            {
                Attributes = { ["begin"] = "(0, 0)", ["end"] = "(1, 1)" },
                Says = ["2 entries for 1 axes"],
            },
            new("slice_axis", [2, 3])
            {
                Attributes =
                {
                    ["axis"] = "2",
                    ["begin"] = "0",
                    ["end"] = "1",
                },
                Says = ["axis=2"],
            },
            new("_slice_assign", [4], [3])
            {
                Attributes = { ["begin"] = "(0,)", ["end"] = "(2,)" },
                Says = ["rhs", "(2,)", "(3,)"],
            },
            new("Crop", [1, 1, 4, 4])
            {
                Attributes = { ["num_args"] = "1", ["h_w"] = "(5, 5)" },
                Says = ["5 x 5", "4 x 4"],
            },
            new("tile", [2]) { Attributes = { ["reps"] = "(-1,)" }, Says = ["reps=(-1)", "negative"] },
            new("repeat", [2]) { Attributes = { ["repeats"] = "0" }, Says = ["repeats=0"] },
            new("repeat", [2]) { Attributes = { ["repeats"] = "2", ["axis"] = "1" }, Says = ["axis=1"] },
            new("Pad", [2, 3])
            {
                Attributes = { ["mode"] = "edge", ["pad_width"] = "(0, 0, 1, 1)" },
                Says = ["(batch, channels"],
            },
            new("Pad", [1, 1, 2, 3])
            {
                Attributes = { ["mode"] = "reflect", ["pad_width"] = "(0, 0, 0, 0, 3, 3, 0, 0)" },
                Says = ["at most 1 to axis 2"],
            },
            new("SequenceLast", [3]) { Says = ["(time, batch, ...)"] },
            new("SequenceMask", [3, 2, 2], [3])
            {
                Attributes = { ["use_sequence_length"] = "1" },
                Says = ["sequence_length", "(3,)", "(2,)"],
            },
            new("Embedding", [2], [4, 2])
            {
                Attributes = { ["input_dim"] = "3", ["output_dim"] = "2" },
                Says = ["weight", "(4,2)", "(3,2)"],
            },
            new("pick", [2, 3], [3]) { Attributes = { ["axis"] = "1" }, Says = ["index", "(3,)", "(2,)"] },
            new("pick", [2, 3], [2]) { Says = ["axis=-1"] },
            new("batch_take", [2, 3], [3]) { Says = ["2 rows", "indices (3,)"] },
            new("gather_nd", [2, 3], [3, 2]) { Says = ["3 axes", "(2,3)"] },
            new("topk", [2, 3]) { Attributes = { ["k"] = "4" }, Says = ["k=4", "3 elements"] },
            new("sort", [2, 3]) { Attributes = { ["axis"] = "2" }, Says = ["axis=2"] },
            new("dot", [2, 3], [4, 2]) { Says = ["last axis of lhs has 3", "first axis of rhs 4"] },
            new("batch_dot", [2, 3], [3, 2]) { Says = ["(batch, rows, columns)"] },
            new("batch_dot", [2, 3, 4], [3, 4, 2]) { Says = ["2 products of depth 4", "3 of depth 4"] },
            new("FullyConnected", [2, 3], [4, 5], [4])
            {
                Attributes = { ["num_hidden"] = "4" },
                Says = ["weight", "(4,5)", "(4,3)"],
            },
            new("_linalg_potrf", [2, 3]) { Says = ["2 x 3", "square"] },
            new("_linalg_gelqf", [4, 3]) { Says = ["4 rows", "transpose"] },
            new("_linalg_trsm", [3, 3], [2, 3]) { Says = ["B", "(2,3)"] },
            new("_linalg_gemm2", [2, 3], [2, 3]) { Says = ["depth 3 and 2"] },
            new("_linalg_sumlogdiag", [3]) { Says = ["'A'", "last two axes"] },
            new("dot", [3], [3]) { Attributes = { ["transpose_a"] = "1" }, Says = ["vectors cannot be transposed"] },
            new("batch_take", [3], [3]) { Says = ["at least two axes"] },
            new("one_hot", [2]) { Attributes = { ["depth"] = "-1" }, Says = ["depth=-1", "negative"] },
            new("_arange") { Attributes = { ["start"] = "3", ["step"] = "0" }, Says = ["step=0"] },
            new("_arange") { Attributes = { ["start"] = "3", ["repeat"] = "0" }, Says = ["repeat=0"] },
            new("broadcast_axis", [1, 2])
            {
                Attributes = { ["axis"] = "(0, 1)", ["size"] = "4" },
                Says = ["2 axes", "1 extents"],
            },
            new("scatter_nd", [2], [1, 2])
            {
                Attributes = { ["shape"] = "(2, -1)" },
                Says = ["shape", "negative", "-1"],
            },
            new("broadcast_to", [1, 1]) { Attributes = { ["shape"] = "(-1, 2)" }, Says = ["shape", "negative", "-1"] },
            new("broadcast_axis", [1, 2])
            {
                Attributes = { ["axis"] = "0", ["size"] = "-3" },
                Says = ["size", "negative", "-3"],
            },
            new("broadcast_axis", [1, 2])
            {
                Attributes = { ["axis"] = "(0, 0)", ["size"] = "(3, 4)" },
                Says = ["axis 0 has extent 3"],
            },
            new("_zeros") { Attributes = { ["shape"] = "(2, -1)" }, Says = ["shape", "negative", "-1"] },
            new("_zeros") { Attributes = { ["shape"] = Ones(33) }, Says = ["33 axes", "at most 32"] },
            new("sum", [2, 3]) { Attributes = { ["axis"] = "99999999999" }, Says = ["99999999999", "-2..1"] },
            new("sum", [2, 3]) { Attributes = { ["axis"] = "(0, -2)" }, Says = ["axis -2 is named twice"] },
            new("expand_dims", new Shape([.. Enumerable.Repeat(1L, 32)]))
            {
                Attributes = { ["axis"] = "0" },
                Says = ["33 axes", "at most 32"],
            },
        ];

    private static string Ones(int count) => $"({string.Join(",", Enumerable.Repeat(1, count))})";

    /// <summary>Calls with attributes that are missing or outside their range.</summary>
    public static IEnumerable<BadCall> Attributes =>
        [
            new("Concat", [2, 3], [2, 3])
            {
                Attributes = { ["num_args"] = "2", ["dim"] = "-1" },
                Says = ["'dim' = '-1'", "counted from the start"],
            },
            new("Crop", [1, 1, 2, 2]) { Attributes = { ["num_args"] = "3" }, Says = ["num_args", "1 or 2"] },
            new("SliceChannel", [2]) { Attributes = { ["num_outputs"] = "0" }, Says = ["num_outputs", "at least 1"] },
            new("Pad", [1, 1, 2, 2]) { Attributes = { ["pad_width"] = "(0,)" }, Says = ["'mode'", "required"] },
            new("take", [2, 3], [2]) { Attributes = { ["axis"] = "1" }, Says = ["axis", "swap the axes"] },
            new("Embedding", [2], [3, 2]) { Attributes = { ["input_dim"] = "3" }, Says = ["output_dim", "required"] },
            new("topk", [2]) { Attributes = { ["ret_typ"] = "all" }, Says = ["ret_typ", "value, indices, mask, both"] },
            new("FullyConnected", [2, 3], [4, 3], [4]) { Attributes = { ["num_hidden"] = "0" }, Says = ["num_hidden"] },
            new("dot", [2, 3], [3, 2]) { Attributes = { ["transposeA"] = "1" }, Says = ["transposeA", "transpose_a"] },
        ];

    /// <summary>Calls that ask for more arrays than there can be, or than were given.</summary>
    public static IEnumerable<BadCall> Counts =>
        [
            new("SliceChannel", [2, 4]) { Attributes = { ["num_outputs"] = "2000000000" }, Says = ["65536"] },
            new("Concat", [2]) { Attributes = { ["num_args"] = "2000000000" }, Says = ["65536"] },
            new("add_n", [2]) { Attributes = { ["num_args"] = "60000" }, Says = ["1 inputs", "60000."] },
            new("stack", [2]) { Attributes = { ["num_args"] = "2" }, Says = ["1 inputs", "2: arg0, arg1"] },
        ];

    /// <summary>Calls whose types do not fit.</summary>
    public static IEnumerable<BadCall> Types =>
        [
            new("dot", [2, 2], [2, 2]) { Types = [DType.Int32, DType.Int32], Says = ["floating point", "lhs int32"] },
            new("dot", [2, 2], [2, 2])
            {
                Types = [DType.Float32, DType.Float64],
                Says = ["float32", "float64", "cast"],
            },
            new("FullyConnected", [2, 3], [2, 3], [2])
            {
                Attributes = { ["num_hidden"] = "2" },
                Types = [DType.Float32, DType.Float64],
                Says = ["weight", "float64"],
            },
            new("_linalg_potrf", [2, 2]) { Types = [DType.Float16], Says = ["float32 or float64", "A float16"] },
        ];

    /// <summary>Calls whose values name places that do not exist.</summary>
    public static IEnumerable<BadCall> Values =>
        [
            new("take", [3, 2], [2])
            {
                Attributes = { ["mode"] = "raise" },
                Values = [null, [1, 3]],
                Says = ["index 3 at place 1", "0..2", "mode=clip"],
            },
            new("gather_nd", [3, 2], [2, 1]) { Values = [null, [1, 2]], Says = ["index 2", "0..1", "axis 1"] },
            new("scatter_nd", [1], [1, 1])
            {
                Attributes = { ["shape"] = "(3,)" },
                Values = [null, [-1]],
                Says = ["index -1", "0..2"],
            },
            new("_linalg_potrf", [2, 2])
            {
                Values =
                [
                    [1, 0, 0, -1],
                ],
                Says = ["not positive definite", "pivot 1"],
            },
            new("argmax", [300])
            {
                Attributes = { ["axis"] = "0" },
                Types = [DType.UInt8],
                Says = ["300 elements", "uint8", "cast"],
            },
            new("_linalg_syevd", [2, 2])
            {
                Values =
                [
                    [1, 0, double.NaN, 1],
                ],
                Says = ["NaN"],
            },
        ];

    /// <summary>One call with shapes that do not fit.</summary>
    [TestMethod]
    [DynamicData(nameof(Shapes))]
    public void Wrong_shapes_are_refused(BadCall call) => call.Expect<ShapeMismatchException>();

    /// <summary>One call with wrong attributes.</summary>
    [TestMethod]
    [DynamicData(nameof(Attributes))]
    public void Wrong_attributes_are_refused(BadCall call) => call.Expect<AttributeException>();

    /// <summary>One call with a wrong number of arrays.</summary>
    [TestMethod]
    [DynamicData(nameof(Counts))]
    public void Wrong_counts_are_refused(BadCall call) => call.Expect<OperatorException>();

    /// <summary>One call with types that do not fit.</summary>
    [TestMethod]
    [DynamicData(nameof(Types))]
    public void Wrong_types_are_refused(BadCall call) => call.Expect<TypeMismatchException>();

    /// <summary>One call with values that the kernel finds wrong.</summary>
    [TestMethod]
    [DynamicData(nameof(Values))]
    public void Wrong_places_are_reported_when_the_result_is_read(BadCall call) =>
        call.Expect<Runtime.OperationException>();
}
