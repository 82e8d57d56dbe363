namespace CoreEngine.Operators.Tests;

/// <summary>What is known of results tells of arguments, where MXNet's rules do so, and a shape given in part is completed.</summary>
[TestClass]
public sealed class DeductionTests
{
    /// <summary>Operator, attributes, what is known of inputs and outputs ("?" for nothing), and what follows.</summary>
    public static IEnumerable<object[]> Shapes =>
        [
            ["elemwise_add", "", "? ; 2,0", "0,3", "2,3; 2,3", "2,3"],
            ["expand_dims", "axis=1", "0,3", "2,1,0", "2,3", "2,1,3"],
            ["expand_dims", "axis=-1", "?", "2,3,1", "2,3", "2,3,1"],
            ["SliceChannel", "num_outputs=2 axis=0", "0,3", "2,0; ?", "4,3", "2,3; 2,3"],
            ["SliceChannel", "num_outputs=2 axis=-1 squeeze_axis=1", "0,2", "?; 5", "5,2", "5; 5"],
            ["Concat", "num_args=2 dim=0", "2,0; 1,3", "?", "2,3; 1,3", "3,3"],
            ["Concat", "num_args=2 dim=0", "2,0; 0,3", "?", "2,3; 0,3", "0,3"],
            ["transpose", "", "2,0", "3,0", "2,3", "3,2"],
            ["SwapAxis", "dim1=0 dim2=1", "?", "3,2", "2,3", "3,2"],
            ["Reshape", "", "2,3", "6", "2,3", "6"],
            ["Reshape", "shape=(-1,3)", "0,6", "?", "0,6", "0,3"],
            ["Reshape", "shape=(4,3)", "0,6", "?", "2,6", "4,3"],
            ["Flatten", "", "0,2,3", "4,0", "4,2,3", "4,6"],
            ["broadcast_add", "", "2,0; 1,3", "?", "2,0; 1,3", "2,3"],
            ["where", "", "?; 2,3; ?", "?", "?; 2,3; 2,3", "2,3"],
            ["dot", "", "2,0; 0,3", "?", "2,0; 0,3", "2,3"],
            ["Embedding", "input_dim=4 output_dim=3", "?; ?", "2,3", "2; 4,3", "2,3"],
            ["one_hot", "depth=3", "?", "2,3", "2", "2,3"],
            ["batch_take", "", "2,3; ?", "2,1", "2,3; 2,1", "2,1"],
            ["_linalg_trsm", "", "?; ?", "2,3,4", "2,3,3; 2,3,4", "2,3,4"],
            ["_linalg_trmm", "rightside=1", "?; 0,4", "3,0", "4,4; 3,4", "3,4"],
            ["_linalg_gelqf", "", "?", "2,3; ?", "2,3", "2,3; 2,2"],
            ["_linalg_syevd", "", "?", "3,3; ?", "3,3", "3,3; 3"],
            ["sum", "axis=1", "0,3", "?", "0,3", "0"],
            ["slice_axis", "axis=1 begin=0 end=1", "0,3", "?", "0,3", "0,1"],
        ];

    /// <summary>The same of types; "?" for an unknown one.</summary>
    public static IEnumerable<object[]> Types =>
        [
            ["elemwise_add", "", "?; ?", "float64", "float64; float64", "float64"],
            ["Cast", "dtype=int32", "?", "?", "?", "int32"],
            ["Embedding", "input_dim=4 output_dim=3", "int32; ?", "?", "int32; float32", "float32"],
            ["Embedding", "input_dim=4 output_dim=3", "int32; float16", "?", "int32; float16", "float16"],
            ["Embedding", "input_dim=4 output_dim=3", "int32; ?", "float64", "int32; float64", "float64"],
            ["take", "", "float64; ?", "?", "float64; float32", "float64"],
            ["batch_take", "", "float64; ?", "?", "float64; int32", "float64"],
            ["one_hot", "depth=2", "int64", "?", "int64", "float32"],
            ["where", "", "int32; ?; float16", "?", "int32; float16; float16", "float16"],
            ["argsort", "", "float64", "?", "float64", "float32"],
        ];

    /// <summary>One rule applied once.</summary>
    [TestMethod]
    [DynamicData(nameof(Shapes))]
    public void Shapes_follow(
        string name,
        string attributes,
        string inputs,
        string outputs,
        string inputsAfter,
        string outputsAfter
    )
    {
        var inference = new ShapeInference();
        string[] given = Split(inputs);
        inference.Start(NeuralErrorTests.Bind(name, attributes), given.Length);
        for (int i = 0; i < given.Length; i++)
        {
            inference.SetInput(i, Shape(given[i]));
        }

        string[] results = Split(outputs);
        for (int i = 0; i < results.Length; i++)
        {
            inference.SetOutput(i, Shape(results[i]));
        }

        inference.Apply();
        string[] expected = Split(inputsAfter);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(Shape(expected[i]), inference.Input(i), $"input {i}");
        }

        expected = Split(outputsAfter);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(Shape(expected[i]), inference.Output(i), $"output {i}");
        }
    }

    /// <summary>One rule applied once.</summary>
    [TestMethod]
    [DynamicData(nameof(Types))]
    public void Types_follow(
        string name,
        string attributes,
        string inputs,
        string outputs,
        string inputsAfter,
        string outputsAfter
    )
    {
        var inference = new TypeInference();
        string[] given = Split(inputs);
        inference.Start(NeuralErrorTests.Bind(name, attributes), given.Length);
        for (int i = 0; i < given.Length; i++)
        {
            inference.SetInput(i, Type(given[i]));
        }

        inference.SetOutput(0, Type(outputs));
        inference.Apply();
        string[] expected = Split(inputsAfter);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(Type(expected[i]), inference.Input(i), $"input {i}");
        }

        Assert.AreEqual(Type(outputsAfter), inference.Output(0));
    }

    private static string[] Split(string text) => text.Split(';', StringSplitOptions.TrimEntries);

    private static Shape Shape(string text) =>
        text == "?" ? default : new Shape([.. text.Split(',').Select(long.Parse)]);

    private static DType Type(string text) =>
        text == "?" ? DType.None
        : DTypes.TryParse(text, out DType dtype) ? dtype
        : throw new FormatException(text);
}
