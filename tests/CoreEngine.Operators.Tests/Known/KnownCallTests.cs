namespace CoreEngine.Operators.Tests;

/// <summary>
/// Calls whose results and gradients are known exactly: special values, ties, bounds, rounding, integers, and attributes
/// at the edge of what they allow. What is written here agrees with MXNet 1.0.0 unless a comment says otherwise.
/// </summary>
[TestClass]
public sealed class KnownCallTests
{
    /// <summary>Operator, attributes, inputs, results, and the inputs' gradients for results' gradients of 1.</summary>
    public static IEnumerable<object[]> ElementWise =>
        [
            ["relu", "", "nan -1 2 inf", "0 0 2 inf", "0 0 1 1"],
            ["sign", "", "nan -1 0 inf", "0 -1 0 1", "0 0 0 0"],
            ["_maximum", "", "nan 1 2 -3; 1 nan 2 5", "1 nan 2 5", "0 0 1 0; 0 0 0 1"],
            ["_minimum", "", "nan 1 2 -3; 1 nan 2 5", "1 nan 2 -3", "0 0 1 1; 0 0 0 0"],
            ["clip", "a_min=0 a_max=2", "-1 0 2 6 nan", "0 0 2 2 nan", "0 1 1 0 1"],
            ["clip", "a_min=5 a_max=2", "0 3 6", "5 2 2", "0 0 0"],
            ["clip", "a_min=-1.5 a_max=2.7", "int32[5] -3 -1 0 2 5", "int32[5] -1 -1 0 2 2", "int32[5] 0 1 1 1 0"],
            ["clip", "a_min=-3 a_max=300", "uint8[3] 0 7 255", "uint8[3] 0 7 255", ""],
            ["rint", "", "-0.5 0.5 1.5 2.5 inf nan", "-1 0 1 2 inf nan", "0 0 0 0 0 0"],
            ["round", "", "-0.5 0.5 1.5 2.5 -inf nan", "-1 1 2 3 -inf nan", "0 0 0 0 0 0"],
            ["fix", "", "-1.7 -0.5 1.7 inf nan", "-1 0 1 inf nan", "0 0 0 0 0"],
            ["_mod", "", "5 -5 5 -5 -1 5; 3 3 -3 -3 inf 0", "2 1 -1 -2 inf 0", ""],
            [
                "_mod",
                "",
                "int32[5] 7 -7 7 -7 7; int32[5] 3 3 -3 -3 0",
                "int32[5] 1 2 -2 -1 0",
                "int32[5] 0 0 0 0 0; int32[5] 0 0 0 0 0",
            ],
            ["_rmod_scalar", "scalar=-3", "5 -5 0", "2 -3 0", "1 0 inf"],
            ["elemwise_div", "", "int32[3] 7 -7 5; int32[3] 2 2 0", "int32[3] 3 -3 0", ""],
            ["_power", "", "0 0 -8 -2; 0 -1 0.5 3", "1 inf nan -8", ""],
            ["_rdiv_scalar", "scalar=7", "int32[3] 2 0 -3", "int32[3] 3 0 -2", ""],
            ["_plus_scalar", "scalar=1.7", "int32[2] 0 5", "int32[2] 1 6", "int32[2] 1 1"],
            ["_plus_scalar", "scalar=-1", "uint8[3] 0 5 255", "uint8[3] 255 4 254", ""],
            ["_greater_scalar", "scalar=0.5", "int32[3] 0 1 2", "int32[3] 0 1 1", ""],
            ["_maximum_scalar", "scalar=1.5", "int32[3] 0 1 2", "int32[3] 1 1 2", "int32[3] 0 1 1"],
            ["_equal_scalar", "scalar=0.1", "float16[2] 0.1 0.2", "float16[2] 1 0", ""],
            ["_equal_scalar", "scalar=0.1", "0.1 0.2", "1 0", "0 0"],
            ["_lesser_scalar", "scalar=0.1", "float16[2] 0.1 0.2", "float16[2] 0 0", ""],
            ["arcsinh", "", "1e20 0 -1e25", "46.744849 0 -58.257774", "1e-20 1 1e-25"],
            ["gamma", "", "0 -1 0.5 -inf nan", "inf nan 1.7724539 nan nan", ""],
            ["gammaln", "", "0 -1 0.5 -inf nan", "inf inf 0.57236494 inf nan", ""],
            ["_hypot", "", "3 0 inf nan; 4 0 nan 1", "5 0 inf nan", ""],
            ["smooth_l1", "scalar=2", "-1 -0.2 0 0.2 nan", "0.875 0.08 0 0.08 nan", "-1 -0.8 0 0.8 nan"],
            ["exp", "", "int32[3] 1 2 3", "int32[3] 2 7 20", ""],
            ["abs", "", "int8[3] -128 -1 3", "int8[3] -128 1 3", ""],
            ["negative", "", "uint8[3] 200 1 0", "uint8[3] 56 255 0", ""],
            ["Cast", "dtype=uint8", "-1 300 1.9 -0.5", "uint8[4] 255 44 1 0", "1 1 1 1"],
            ["Cast", "dtype=int32", "-1.9 1.9", "int32[2] -1 1", ""],
            ["Cast", "dtype=float16", "float64[3] 65504 65520 1e-8", "float16[3] 65504 inf 0", ""],
            ["where", "", "1 0 nan; 1 2 3; 7 8 9", "1 8 3", "0 0 0; 1 0 1; 0 1 0"],
            [
                "where",
                "",
                "int32[2] 1 0; [2,2] 1 2 3 4; [2,2] 5 6 7 8",
                "[2,2] 1 2 7 8",
                "int32[2] 0 0; [2,2] 1 1 0 0; [2,2] 0 0 1 1",
            ],
        ];

    /// <summary>Reductions, broadcasting and creation.</summary>
    public static IEnumerable<object[]> Reductions =>
        [
            ["mean", "", "int32[3] -1 -2 -4", "int32[1] -2", ""],
            // MXNet adds up in uint8, which overflows.
            ["mean", "", "uint8[2] 200 100", "uint8[1] 150", ""],
            ["sum", "", "uint8[2] 200 100", "uint8[1] 44", ""],
            ["sum", "axis=() exclude=1", "[2,3] 0 1 2 3 4 5", "15", "[2,3] 1 1 1 1 1 1"],
            ["sum", "axis=(1,0) exclude=1", "[2,2,2] 0 1 2 3 4 5 6 7", "[2,2] 1 5 9 13", "[2,2,2] 1 1 1 1 1 1 1 1"],
            ["sum", "axis=(0,1) exclude=1", "[2,2] 0 1 2 3", "[2,2] 0 1 2 3", "[2,2] 1 1 1 1"],
            ["sum", "axis=-1 keepdims=1", "[2,2] 0 1 2 3", "[2,1] 1 5", "[2,2] 1 1 1 1"],
            ["mean", "axis=0", "int32[2,1] 1 4", "int32[1] 2", "int32[2,1] 0 0"],
            ["mean", "axis=0", "[2,2] 0 1 2 3", "1 2", "[2,2] 0.5 0.5 0.5 0.5"],
            ["max", "", "2 2 1", "2", "1 1 0"],
            ["max", "axis=1", "[2,2] nan 1 nan nan", "1 -3.4028235e38", "[2,2] 0 1 0 0"],
            ["min", "", "float64[2] nan nan", "float64[1] 1.7976931348623157e308", "float64[2] 0 0"],
            // MXNet begins at the smallest finite number, which it then returns.
            ["max", "", "-inf -inf", "-inf", "1 1"],
            ["max", "", "int8[3] -128 -7 -9", "int8[1] -7", "int8[3] 0 1 0"],
            ["prod", "", "0 2 3", "0", "nan 0 0"],
            ["nansum", "", "nan 2 nan", "2", "0 1 0"],
            ["nanprod", "axis=0", "[2,2] nan 2 3 4", "3 8", "[2,2] 0 4 1 2"],
            ["norm", "", "3 4", "5", "0.6 0.8"],
            ["argmax", "axis=0", "nan 1 2", "2", "0 0 0"],
            ["argmax", "axis=1", "[3,2] 1 nan nan nan 5 5", "0 0 0", ""],
            ["argmin", "axis=-1 keepdims=1", "[2,3] 3 1 1 2 2 0", "[2,1] 1 2", ""],
            ["argmax_channel", "", "[1,2,2] 1 5 3 4", "[1,2] 1 0", ""],
            ["broadcast_axis", "axis=-2 size=2", "[1,2] 1 2", "[2,2] 1 2 1 2", "[1,2] 2 2"],
            ["broadcast_to", "shape=(0,3)", "[2,1] 1 2", "[2,3] 1 1 1 2 2 2", "[2,1] 3 3"],
            ["broadcast_maximum", "", "[2,1] 1 2; [1,2] 1 3", "[2,2] 1 3 2 3", "[2,1] 1 1; [1,2] 0 2"],
            ["_arange", "start=5 stop=0 step=-2 repeat=2", "", "5 5 3 3 1 1", ""],
            ["_arange", "start=3", "", "0 1 2", ""],
            ["_arange", "start=0.5 stop=4 dtype=int64", "", "int64[4] 0 1 2 3", ""],
            ["_full", "shape=2 value=2.7 dtype=int32", "", "int32[2] 2 2", ""],
            ["_full", "shape=(1,2) value=nan", "", "[1,2] nan nan", ""],
        ];

    /// <summary>Shapes and places.</summary>
    public static IEnumerable<object[]> Shaping =>
        [
            ["transpose", "axes=(-1,0)", "[2,3] 0 1 2 3 4 5", "[3,2] 0 3 1 4 2 5", "[2,3] 1 1 1 1 1 1"],
            ["reverse", "axis=(0,0)", "1 2 3", "1 2 3", "1 1 1"],
            ["reverse", "axis=-1", "[2,2] 1 2 3 4", "[2,2] 2 1 4 3", "[2,2] 1 1 1 1"],
            ["reverse", "axis=()", "1 2", "1 2", "1 1"],
            ["repeat", "repeats=2", "[2,1] 1 2", "1 1 2 2", "[2,1] 2 2"],
            ["repeat", "repeats=2 axis=-1", "[2,1] 1 2", "[2,2] 1 1 2 2", "[2,1] 2 2"],
            ["tile", "reps=()", "1 2", "1 2", "1 1"],
            ["tile", "reps=(2,1)", "1 2", "[2,2] 1 2 1 2", "2 2"],
            ["stack", "num_args=2 axis=-1", "1 2; 3 4", "[2,2] 1 3 2 4", "1 1; 1 1"],
            ["Concat", "num_args=1 dim=0", "1 2", "1 2", "1 1"],
            ["SliceChannel", "num_outputs=2 axis=-1 squeeze_axis=1", "[2,2] 1 2 3 4", "1 3; 2 4", "[2,2] 1 1 1 1"],
            ["slice", "begin=(None,1) end=(None,None)", "[2,2] 1 2 3 4", "[2,1] 2 4", "[2,2] 0 1 0 1"],
            [
                "slice",
                "begin=(1,None) end=(None,None) step=(-1,-2)",
                "[2,3] 0 1 2 3 4 5",
                "[2,2] 5 3 2 0",
                "[2,3] 1 0 1 1 0 1",
            ],
            ["slice", "begin=() end=()", "1 2", "1 2", "1 1"],
            ["slice_axis", "axis=-1 begin=-2 end=None", "[1,3] 1 2 3", "[1,2] 2 3", "[1,3] 0 1 1"],
            ["_slice_assign", "begin=(1,) end=(None,)", "1 2 3; 8 9", "1 8 9", "1 0 0; 1 1"],
            [
                "_slice_assign_scalar",
                "begin=(0,) end=(None,) step=(2,) scalar=7.9",
                "int32[3] 1 2 3",
                "int32[3] 7 2 7",
                "int32[3] 0 1 0",
            ],
            ["Reshape", "shape=(-4,1,2,-1)", "[2,2] 1 2 3 4", "[1,2,2] 1 2 3 4", "[2,2] 1 1 1 1"],
            ["Reshape", "shape=(-1,0) reverse=1", "[2,3] 0 1 2 3 4 5", "[2,3] 0 1 2 3 4 5", ""],
            ["Reshape", "target_shape=(9,0) keep_highest=1", "[2,3] 0 1 2 3 4 5", "[2,3] 0 1 2 3 4 5", ""],
            ["Flatten", "", "1 2", "[2,1] 1 2", "1 1"],
            ["expand_dims", "axis=-2", "1 2", "[1,2] 1 2", "1 1"],
            ["Crop", "num_args=1 h_w=(1,1) center_crop=1", "[1,1,2,2] 1 2 3 4", "[1,1,1,1] 1", "[1,1,2,2] 1 0 0 0"],
            [
                "Pad",
                "mode=constant pad_width=(0,0,0,0,0,1,1,0) constant_value=2.5",
                "int32[1,1,1,1] 7",
                "int32[1,1,2,2] 2 7 2 2",
                "int32[1,1,1,1] 1",
            ],
        ];

    /// <summary>Indices, orders and products.</summary>
    public static IEnumerable<object[]> Indexing =>
        [
            ["take", "", "[3,1] 5 6 7; 0 -1 5 nan", "[4,1] 5 5 7 5", "[3,1] 3 0 1; 0 0 0 0"],
            ["take", "mode=wrap", "5 6 7; int32[3] -1 3 4", "7 5 6", "1 1 1; int32[3] 0 0 0"],
            ["batch_take", "", "[2,3] 1 2 3 4 5 6; int32[2,1] 1 9", "[2,1] 2 6", "[2,3] 0 1 0 0 0 1; int32[2,1] 0 0"],
            ["batch_take", "", "[2,1,2] 1 2 3 4; int32[2] 1 -1", "2 3", "[2,1,2] 0 1 1 0; int32[2] 0 0"],
            ["pick", "axis=0", "1 2 3; 2", "3", "0 0 1; 0"],
            ["pick", "axis=1 keepdims=1", "[2,2] 1 2 3 4; -1 9", "[2,1] 1 4", "[2,2] 1 0 0 1; 0 0"],
            ["one_hot", "depth=2 on_value=2 off_value=-1 dtype=int32", "1.9 -1", "int32[2,2] -1 2 -1 -1", "0 0"],
            ["gather_nd", "", "1 2 3; int32[1,3] 1 1 0", "2 2 1", "1 2 0; int32[1,3] 0 0 0"],
            ["scatter_nd", "shape=(2,2)", "5 6; int32[2,2] 0 1 1 0", "[2,2] 0 5 6 0", "1 1; int32[2,2] 0 0 0 0"],
            [
                "Embedding",
                "input_dim=2 output_dim=1",
                "0 5; float64[2,1] 3 4",
                "float64[2,1] 3 4",
                "0 0; float64[2,1] 1 1",
            ],
            ["sort", "is_ascend=0", "3 1 2 3", "3 3 2 1", "1 1 1 1"],
            ["argsort", "", "3 1 2 1", "1 3 2 0", "0 0 0 0"],
            ["argsort", "is_ascend=0", "3 1 2 3", "0 3 2 1", "0 0 0 0"],
            ["topk", "k=0 ret_typ=value", "3 1 2", "3 2 1", "1 1 1"],
            ["topk", "k=2 ret_typ=mask axis=None", "[2,2] 3 1 3 9", "[2,2] 1 0 0 1", "[2,2] 0 0 0 0"],
            ["choose_element_0index", "", "[2,2] 1 2 3 4; 1 7", "2 4", ""],
            ["fill_element_0index", "", "[2,2] 1 2 3 4; 8 9; 0 7", "[2,2] 8 2 3 9", ""],
            ["dot", "transpose_a=1", "[2,1,2] 1 2 3 4; 1 2", "[1,2] 7 10", "[2,1,2] 1 1 2 2; 3 7"],
            ["_linalg_potrf", "", "float64[2,2] 4 99 2 5", "float64[2,2] 2 0 1 2", ""],
            [
                "_linalg_sumlogdiag",
                "",
                "float64[1,2,2] 4 0 0 5",
                "float64[1] 2.995732273553991",
                "float64[1,2,2] 0.25 0 0 0.2",
            ],
        ];

    /// <summary>Types, shapes and values of results and gradients; a gradient that is added counts on what was there.</summary>
    [TestMethod]
    [DynamicData(nameof(ElementWise))]
    [DynamicData(nameof(Reductions))]
    [DynamicData(nameof(Shaping))]
    [DynamicData(nameof(Indexing))]
    public void Results_are_those_expected(
        string name,
        string attributes,
        string inputs,
        string results,
        string gradients
    )
    {
        Run(name, attributes, inputs, results, gradients, GradientRequest.Write);
        if (gradients.Length > 0)
            Run(name, attributes, inputs, results, gradients, GradientRequest.Add);
    }

    private static void Run(
        string name,
        string attributes,
        string inputs,
        string results,
        string gradients,
        GradientRequest request
    )
    {
        using var scope = new ArrayScope();
        BoundOperator op = NeuralErrorTests.Bind(name, attributes);
        NDArray[] arguments = ArrayText.ParseAll(inputs);
        string[] expected = results.Split(';');
        string[] flowing = gradients.Split(';', StringSplitOptions.RemoveEmptyEntries);
        if (flowing.Length == 0)
        {
            AssertAre(expected, Imperative.Invoke(op, arguments), name);
            return;
        }

        Assert.HasCount(arguments.Length, flowing);
        double before = request == GradientRequest.Add ? 4 : 0;
        foreach (NDArray argument in arguments)
        {
            argument.AttachGradient(request);
            argument.Gradient!.Fill(before);
        }

        NDArray[] outputs;
        using (Autograd.Record())
        {
            outputs = Imperative.Invoke(op, arguments);
        }

        AssertAre(expected, outputs, name);
        Autograd.Backward(outputs);
        for (int i = 0; i < arguments.Length; i++)
        {
            ArrayText.AssertIs(flowing[i], before, arguments[i].Gradient!, $"{name}: gradient {i}, {request}");
        }
    }

    private static void AssertAre(string[] expected, NDArray[] found, string name)
    {
        Assert.HasCount(expected.Length, found);
        for (int i = 0; i < expected.Length; i++)
        {
            ArrayText.AssertIs(expected[i], plus: 0, found[i], $"{name}: result {i}");
        }
    }
}
