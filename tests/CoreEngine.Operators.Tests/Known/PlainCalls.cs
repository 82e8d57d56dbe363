namespace CoreEngine.Operators.Tests;

/// <summary>
/// A call of each operator that takes arrays of any type: its name, its attributes, and the shapes of its inputs, separated
/// by semicolons.
/// </summary>
internal static class PlainCalls
{
    /// <summary>Every operator of the registry with one input and no parameters, with two, and with a number.</summary>
    public static IEnumerable<object[]> Simple =>
        OperatorRegistry
            .Default.Operators.Where(op => !op.IsInternal && !op.IsRandom && op.VariadicCount.Length == 0)
            .Where(op => op.Name is not ("_CrossDeviceCopy" or "argmax_channel" or "SoftmaxActivation"))
            .Select(op =>
                (op.Inputs, op.Parameters.Select(p => p.Name).ToArray()) switch
                {
                    (["data"], []) => [op.Name, "", "2,3"],
                    (["data"], ["scalar"]) => [op.Name, "scalar=2", "2,3"],
                    (["lhs", "rhs"], []) when op.Name.StartsWith("broadcast_", StringComparison.Ordinal) =>
                    [
                        op.Name,
                        "",
                        "2,1;3",
                    ],
                    (["lhs", "rhs"], []) when op.Pointwise == Pointwise.Always => [op.Name, "", "2,3;2,3"],
                    _ => Array.Empty<object>(),
                }
            )
            .Where(row => row.Length > 0);

    /// <summary>Calls with attributes; indices are among the inputs.</summary>
    public static IEnumerable<object[]> Others =>
        [
            ["add_n", "num_args=3", "2,3;2,3;2,3"],
            ["clip", "a_min=2 a_max=3", "2,3"],
            ["where", "", "2,3;2,3;2,3"],
            ["sum", "axis=1", "2,3"],
            ["mean", "axis=1", "2,3"],
            ["prod", "axis=0", "2,3"],
            ["nansum", "axis=0", "2,3"],
            ["nanprod", "axis=0", "2,3"],
            ["max", "axis=-1", "2,3"],
            ["min", "", "2,3"],
            ["_square_sum", "axis=1", "2,3"],
            ["argmax", "axis=1", "2,3"],
            ["argmin", "axis=0", "2,3"],
            ["argmax_channel", "", "2,3"],
            ["broadcast_axis", "axis=0 size=3", "1,2"],
            ["broadcast_to", "shape=(2,3)", "2,1"],
            ["transpose", "", "2,3"],
            ["SwapAxis", "dim2=2", "2,1,3"],
            ["reverse", "axis=(0,1)", "2,3"],
            ["Reshape", "shape=(3,2)", "2,3"],
            ["expand_dims", "axis=1", "2,3"],
            ["tile", "reps=(2,2)", "2,3"],
            ["repeat", "repeats=2 axis=0", "2,3"],
            ["stack", "num_args=2", "2,3;2,3"],
            ["Concat", "num_args=2", "2,3;2,1"],
            ["SliceChannel", "num_outputs=3", "2,3"],
            ["slice", "begin=(None,0) end=(None,2) step=(-1,1)", "2,3"],
            ["slice_axis", "axis=1 begin=1 end=None", "2,3"],
            ["_slice_assign", "begin=(0,) end=(1,)", "2,3;1,3"],
            ["_slice_assign_scalar", "begin=(0,) end=(1,) scalar=2", "2,3"],
            ["Pad", "mode=reflect pad_width=(0,0,0,0,1,1,1,1)", "1,1,3,2"],
            ["Crop", "num_args=1 h_w=(1,2)", "1,1,3,2"],
            ["take", "", "5,2;2,2"],
            ["batch_take", "", "3,5;3"],
            ["pick", "axis=1", "3,5;3"],
            ["gather_nd", "", "5,5;2,3"],
            ["scatter_nd", "shape=(5,5)", "1;2,1"],
            ["Embedding", "input_dim=5 output_dim=2", "2,2;5,2"],
            ["sort", "", "2,3"],
            ["argsort", "", "2,3"],
            ["topk", "k=2 ret_typ=value", "2,3"],
            ["topk", "k=2 ret_typ=mask", "2,3"],
            ["choose_element_0index", "", "2,5;2"],
            ["fill_element_0index", "", "2,5;2;2"],
            ["SequenceMask", "use_sequence_length=1 value=2", "3,2;2"],
            ["SequenceLast", "use_sequence_length=1", "3,2;2"],
            ["SequenceReverse", "use_sequence_length=1", "3,2;2"],
        ];

    /// <summary>Inputs of a call: whole numbers from 1 to 4, which every type holds and which are places, too.</summary>
    internal static NDArray[] Inputs(DType dtype, string shapes)
    {
        var random = new Random(3);
        return
        [
            .. shapes
                .Split(';')
                .Select(text =>
                {
                    var shape = new Shape([.. text.Split(',').Select(long.Parse)]);
                    double[] values = [.. Enumerable.Range(0, (int)shape.Size).Select(_ => (double)random.Next(1, 5))];
                    return NDArray.From(values, shape).AsType(dtype);
                }),
        ];
    }
}
