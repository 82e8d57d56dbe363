using System.Runtime.InteropServices;
using System.Text.Json;
using CoreEngine.Conformance;
using CoreEngine.Kernels;
using CoreEngine.Tests;

namespace CoreEngine.Operators.Tests;

/// <summary>
/// The fused recurrent operator against what MXNet's cells and layers computed step by step, and what it does beyond that.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class RnnTests
{
    private static readonly JsonElement[] s_cells = ReadCells();

    public static IEnumerable<int> Cells => Enumerable.Range(0, s_cells.Length);

    [TestMethod]
    [DynamicData(nameof(Cells))]
    public void RecordedCellsAgree(int index)
    {
        JsonElement recorded = s_cells[index];
        string cell = recorded.GetProperty("cell").GetString()!;
        int units = recorded.GetProperty("hidden").GetInt32();
        bool swaps = recorded.GetProperty("layout").GetString() == "NTC";
        JsonElement[] parts = [.. recorded.GetProperty("params").EnumerateArray()];
        (float[] x, Shape shape) = Read(recorded.GetProperty("input"), swaps);
        int layers = parts.Any(static part => Name(part).StartsWith("l1", StringComparison.Ordinal)) ? 2 : 1;
        int directions = cell.EndsWith("_bi", StringComparison.Ordinal) ? 2 : 1;
        string mode =
            cell.Contains("LSTM", StringComparison.Ordinal) ? "lstm"
            : cell.Contains("GRU", StringComparison.Ordinal) ? "gru"
            : cell == "RNNCell" ? "rnn_tanh"
            : "rnn_relu";
        BoundOperator op = NeuralErrorTests.Bind(
            "RNN",
            $"mode={mode} state_size={units} num_layers={layers} bidirectional={directions == 2}"
        );

        using var scope = new ArrayScope();
        float[] parameters = Concatenate(parts);
        NDArray data = NDArray.From(x, shape);
        NDArray weights = NDArray.From(parameters, new Shape(parameters.Length));
        NDArray State() => NDArray.Zeros(new Shape(layers * directions, shape[1], units), DType.Float32);
        data.AttachGradient();
        weights.AttachGradient();
        NDArray y;
        using (Autograd.Record())
        {
            y = Imperative.Invoke(op, mode == "lstm" ? [data, weights, State(), State()] : [data, weights, State()])[0];
        }

        (float[] head, Shape headShape) = Read(recorded.GetProperty("head_grad"), swaps);
        Autograd.Backward([y], [NDArray.From(head, headShape)]);
        AreClose(Read(recorded.GetProperty("output"), swaps).Values, y.ToArray<float>(), "output");
        AreClose(Read(recorded.GetProperty("input_grad"), swaps).Values, data.Gradient!.ToArray<float>(), "data");
        float[] gradient = Concatenate([.. recorded.GetProperty("param_grads").EnumerateArray()]);
        AreClose(gradient, weights.Gradient!.ToArray<float>(), "parameters");
    }

    /// <summary>The seed alone decides what is dropped, and only in training.</summary>
    [TestMethod]
    public void DropoutActsBetweenLayersInTraining()
    {
        float[] plain = Run("p=0", training: true);
        CollectionAssert.AreEqual(plain, Run("p=0.5", training: false));
        float[] dropped = Run("p=0.5", training: true);
        CollectionAssert.AreNotEqual(plain, dropped);
        CollectionAssert.AreEqual(dropped, Run("p=0.5", training: true));
        CollectionAssert.AreEqual(Run("p=0 num_layers=1", true), Run("p=0.5 num_layers=1", true));
    }

    /// <summary>float16 is computed in float32 and rounded once.</summary>
    [TestMethod]
    public void HalfPrecisionIsRoundedOnce()
    {
        using var scope = new ArrayScope();
        BoundOperator op = NeuralErrorTests.Bind("RNN", "mode=lstm state_size=3 num_layers=2 state_outputs=True");
        var random = new Random(5);
        NDArray[] narrow =
        [
            .. new Shape[] { [4, 2, 3], [192], [2, 2, 3], [2, 2, 3] }.Select(shape =>
                NDArray.From(
                    [.. Enumerable.Range(0, (int)shape.Size).Select(_ => (Half)(random.NextDouble() - 0.5))],
                    shape
                )
            ),
        ];
        NDArray[] wide = Array.ConvertAll(
            narrow,
            a => NDArray.From(Array.ConvertAll(a.ToArray<Half>(), static h => (float)h), a.Shape)
        );
        NDArray[] expected = Imperative.Invoke(op, wide);
        NDArray[] actual = Imperative.Invoke(op, narrow);
        for (int i = 0; i < 3; i++)
        {
            CollectionAssert.AreEqual(
                Array.ConvertAll(expected[i].ToArray<float>(), static x => (Half)x),
                actual[i].ToArray<Half>()
            );
        }
    }

    private static float[] Run(string attributes, bool training)
    {
        using var scope = new ArrayScope();
        string layers = attributes.Contains("num_layers", StringComparison.Ordinal) ? "" : " num_layers=2";
        BoundOperator op = NeuralErrorTests.Bind("RNN", $"mode=gru state_size=8 {attributes}{layers}");
        int count = layers.Length > 0 ? 2 : 1;
        RandomState.Seed(7);
        NDArray x = NDArray.Full(new Shape(5, 3, 8), 0.5, DType.Float32);
        NDArray weights = NDArray.Full(new Shape(count * 3 * 8 * 18), 0.1, DType.Float32);
        NDArray state = NDArray.Zeros(new Shape(count, 3, 8), DType.Float32);
        using AutogradScope mode = training ? Autograd.TrainMode() : Autograd.PredictMode();
        return Imperative.Invoke(op, [x, weights, state])[0].ToArray<float>();
    }

    private static JsonElement[] ReadCells()
    {
        using Stream file = new GoldenFolder(Checkout.GoldenData).OpenRead("frontend/cells.json");
        using JsonDocument document = JsonDocument.Parse(file);
        return [.. document.RootElement.Clone().EnumerateArray()];
    }

    private static string Name(JsonElement array) => array.GetProperty("name").GetString()!;

    /// <summary>All weights in the order of layers and directions, then all biases: the fused operator's order.</summary>
    private static float[] Concatenate(JsonElement[] parts) =>
        [
            .. parts
                .OrderBy(static part => Name(part).EndsWith("bias", StringComparison.Ordinal))
                .SelectMany(part => Read(part, swaps: false).Values),
        ];

    /// <summary>An array, with its first two axes exchanged on demand.</summary>
    private static (float[] Values, Shape Shape) Read(JsonElement array, bool swaps)
    {
        long[] dims = [.. array.GetProperty("shape").EnumerateArray().Select(static extent => extent.GetInt64())];
        float[] values = MemoryMarshal.Cast<byte, float>(array.GetProperty("data").GetBytesFromBase64()).ToArray();
        if (!swaps)
            return (values, new Shape(dims));
        float[] swapped = new float[values.Length];
        long inner = dims[2];
        for (long i = 0; i < values.Length; i++)
        {
            (long first, long second) = (i / inner / dims[1], i / inner % dims[1]);
            swapped[(((second * dims[0]) + first) * inner) + (i % inner)] = values[i];
        }

        return (swapped, new Shape(dims[1], dims[0], dims[2]));
    }

    private static void AreClose(float[] expected, float[] actual, string what)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], 1e-5f * Math.Max(1, Math.Abs(expected[i])), $"{what} at {i}");
        }
    }
}
