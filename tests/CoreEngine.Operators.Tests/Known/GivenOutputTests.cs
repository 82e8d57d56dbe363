namespace CoreEngine.Operators.Tests;

/// <summary>A result may be written to an array that the call also reads: it is as if it had been written elsewhere.</summary>
[TestClass]
public sealed class GivenOutputTests
{
    /// <summary>One call, each of its inputs in turn taking the place of each result of the same shape and type.</summary>
    [TestMethod]
    [DynamicData(nameof(PlainCalls.Simple), typeof(PlainCalls))]
    [DynamicData(nameof(PlainCalls.Others), typeof(PlainCalls))]
    public void An_input_may_be_the_result(string name, string attributes, string shapes)
    {
        using var scope = new ArrayScope();
        BoundOperator op = NeuralErrorTests.Bind(name, attributes);
        double[][] expected = [.. Imperative.Invoke(op, PlainCalls.Inputs(DType.Float32, shapes)).Select(Values)];
        int inputs = shapes.Split(';').Length;
        for (int i = 0; i < inputs; i++)
        {
            for (int k = 0; k < expected.Length; k++)
            {
                NDArray[] arguments = PlainCalls.Inputs(DType.Float32, shapes);
                NDArray[] plain = Imperative.Invoke(op, arguments);
                if (plain[k].Shape != arguments[i].Shape || plain[k].DType != arguments[i].DType)
                    continue;
                var given = new NDArray?[expected.Length];
                given[k] = arguments[i];
                NDArray[] results = Imperative.Invoke(op, arguments, given);
                Assert.AreSame(arguments[i], results[k], $"{name}: the array given is the result");
                for (int j = 0; j < results.Length; j++)
                {
                    CollectionAssert.AreEqual(expected[j], Values(results[j]), $"{name}: result {j}, input {i} as {k}");
                }
            }
        }
    }

    /// <summary>The rows of a result that begins one row after the input, in the same memory.</summary>
    [TestMethod]
    [DataRow("relu", "")]
    [DataRow("_plus_scalar", "scalar=1")]
    [DataRow("reverse", "axis=0")]
    [DataRow("sort", "axis=0")]
    [DataRow("clip", "a_min=2 a_max=30")]
    [DataRow("_slice_assign_scalar", "begin=(1,) end=(2,) scalar=5")]
    public void A_result_may_overlap_an_input(string name, string attributes)
    {
        using var scope = new ArrayScope();
        const int Rows = 100;
        const int Columns = 37;
        double[] start = [.. Enumerable.Range(0, (Rows + 1) * Columns).Select(i => (double)(i * 7919 % 61))];
        BoundOperator op = NeuralErrorTests.Bind(name, attributes);
        foreach (bool forward in (bool[])[true, false])
        {
            NDArray whole = NDArray.From(start, [Rows + 1, Columns]);
            NDArray input = whole.Slice(forward ? 0 : 1, forward ? Rows : Rows + 1);
            NDArray output = whole.Slice(forward ? 1 : 0, forward ? Rows + 1 : Rows);
            double[] expected = Values(Imperative.Invoke(op, [input.Copy()])[0]);
            _ = Imperative.Invoke(op, [input], (NDArray?[])[output]);
            CollectionAssert.AreEqual(expected, Values(output), $"{name}, forward: {forward}");
        }
    }

    private static double[] Values(NDArray array) => array.AsType(DType.Float64).ToArray<double>();
}
