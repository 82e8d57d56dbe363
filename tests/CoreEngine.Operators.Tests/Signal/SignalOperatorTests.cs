namespace CoreEngine.Operators.Tests;

/// <summary>Transforms, quantization and the loss of unaligned sequences: types, lengths, padding, and what is refused.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SignalOperatorTests
{
    private static readonly float[] s_sequences = [.. Enumerable.Range(0, 6 * 2 * 4).Select(i => MathF.Sin(i * i))];

    /// <summary>Padding, lengths, and lengths beyond the arrays say the same thing in three ways.</summary>
    [TestMethod]
    [DataRow("first", 0f)]
    [DataRow("last", -1f)]
    public void Labels_end_at_the_padding_or_where_their_length_says(string blank, float padding)
    {
        float[] padded = Loss($"blank_label={blank}", [2, 1, padding, 1, padding, 2], DType.Float32);
        float[] counted = Loss($"blank_label={blank} use_label_lengths=1", [2, 1, 9, 1, 9, 9], DType.Float32, [2, 1]);
        CollectionAssert.AreEqual(padded, counted);
        float[] steps = Loss(
            $"blank_label={blank} use_data_lengths=1",
            [2, 1, padding, 1, padding, 2],
            DType.Float32,
            [99, 6.4f]
        );
        CollectionAssert.AreEqual(padded, steps);
    }

    [TestMethod]
    public void Half_precision_sequences_are_computed_in_float32()
    {
        float[] half = Loss("", [2, 1, 0, 1, 0, 0], DType.Float16);
        float[] single = Loss("", [2, 1, 0, 1, 0, 0], DType.Float32);
        for (int i = 0; i < 2; i++)
        {
            Assert.AreEqual(single[i], half[i], 0.02);
        }
    }

    [TestMethod]
    [DataRow("", 4f)]
    [DataRow("blank_label=last", 7f)]
    [DataRow("", -1f)]
    public void A_label_outside_the_classes_is_named(string attributes, float label)
    {
        Exception error = Assert.Throws<Exception>(() => Loss(attributes, [1, 2, 1, 1, label, 1], DType.Float32));
        StringAssert.Contains(error.ToString(), $"label 1 of sequence 1 is {label}");
    }

    [TestMethod]
    public void Labels_that_do_not_fit_cost_nothing()
    {
        // Three equal labels need two blanks between them.
        using var scope = new ArrayScope();
        NDArray data = NDArray.From(s_sequences[..16], new Shape(4, 1, 4));
        data.AttachGradient();
        NDArray loss;
        using (Autograd.Record())
        {
            loss = Imperative.Invoke("_contrib_CTCLoss", [data, NDArray.From(new float[] { 1, 1, 1 }, [1, 3])])[0];
        }

        loss.Backward();
        Assert.AreEqual(0, loss.ToArray<float>()[0]);
        Assert.IsTrue(data.Gradient!.ToArray<float>().All(g => g == 0));
    }

    [TestMethod]
    public void Transforms_undo_each_other_but_for_the_length()
    {
        using var scope = new ArrayScope();
        foreach (DType dtype in new[] { DType.Float16, DType.Float32, DType.Float64 })
        {
            NDArray x = NDArray.From(s_sequences, [2, 2, 12]).AsType(dtype);
            NDArray spectrum = Imperative.Invoke("_contrib_fft", [x])[0];
            Assert.AreEqual(new Shape(2, 2, 24), spectrum.Shape);
            NDArray back = Imperative.Invoke("_contrib_ifft", [spectrum])[0] / 12;
            float[] values = back.AsType(DType.Float32).ToArray<float>();
            for (int i = 0; i < values.Length; i++)
            {
                Assert.AreEqual(s_sequences[i], values[i], dtype == DType.Float16 ? 0.01 : 1e-6, $"{dtype} at {i}");
            }
        }
    }

    [TestMethod]
    public void Bytes_are_numbers_of_the_range_and_what_lies_outside_is_cut_off()
    {
        using var scope = new ArrayScope();
        NDArray low = NDArray.From(new float[] { -2 });
        NDArray high = NDArray.From(new float[] { 2 });
        NDArray[] all = Imperative.Invoke(
            "_contrib_quantize",
            [NDArray.From(new float[] { -9, -2, 0, 1, 2, 9 }), low, high]
        );
        CollectionAssert.AreEqual(new byte[] { 0, 0, 128, 191, 255, 255 }, all[0].ToArray<byte>());
        Assert.AreEqual(-2, all[1].ToArray<float>()[0]);
        Assert.AreEqual(2, all[2].ToArray<float>()[0]);
        var attributes = new Dictionary<string, string> { ["out_type"] = "float32" };
        float[] numbers = Imperative.Invoke("_contrib_dequantize", [all[0], low, high], attributes)[0].ToArray<float>();
        float[] expected = [-2, -2, 0, 1, 2, 2];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], numbers[i], 4 / 255.0);
        }
    }

    /// <summary>Shapes, types and attributes that are refused before anything runs, and a word of the message.</summary>
    [TestMethod]
    [DataRow("_contrib_ifft", "", "float32", "2,5", "", "even")]
    [DataRow("_contrib_fft", "", "int32", "2,4", "", "int32")]
    [DataRow("_contrib_fft", "compute_size=0", "float32", "2,4", "", "compute_size")]
    [DataRow("_contrib_CTCLoss", "", "float32", "4,2", "2,2", "classes")]
    [DataRow("_contrib_CTCLoss", "", "float32", "4,2,3", "3,2", "label")]
    [DataRow("_contrib_CTCLoss", "", "float32", "2,2,3", "2,3", "3 labels")]
    [DataRow("_contrib_CTCLoss", "blank_label=middle", "float32", "4,2,3", "2,2", "blank_label")]
    [DataRow("_contrib_count_sketch", "out_dim=0", "float32", "2,3", "1,3;1,3", "out_dim")]
    [DataRow("_contrib_count_sketch", "out_dim=4", "float32", "2,3", "1,4;1,3", "h")]
    [DataRow("_contrib_quantize", "", "float64", "2,3", "1;1", "float32")]
    [DataRow("_contrib_quantize", "", "float32", "2,3", "2;1", "min_range")]
    [DataRow("_contrib_dequantize", "out_type=float32", "float32", "2,3", "1;1", "uint8")]
    public void Bad_calls_are_refused(
        string name,
        string attributes,
        string dtype,
        string first,
        string rest,
        string word
    )
    {
        using var scope = new ArrayScope();
        Assert.IsTrue(DTypes.TryParse(dtype, out DType type));
        NDArray[] inputs =
        [
            NDArray.Zeros(Parse(first), type),
            .. rest.Split(';', StringSplitOptions.RemoveEmptyEntries)
                .Select(r => NDArray.Zeros(Parse(r), DType.Float32)),
        ];
        Exception error = Assert.Throws<OperatorException>(() =>
            Imperative.Invoke(NeuralErrorTests.Bind(name, attributes), inputs)
        );
        StringAssert.Contains(error.Message, word);
    }

    [TestMethod]
    public void A_place_outside_the_sketch_is_named()
    {
        using var scope = new ArrayScope();
        Exception error = Assert.Throws<Exception>(() =>
            Imperative
                .Invoke(
                    NeuralErrorTests.Bind("_contrib_count_sketch", "out_dim=3"),
                    [
                        NDArray.Zeros([2, 2], DType.Float32),
                        NDArray.From(new float[] { 1, 3 }, [1, 2]),
                        NDArray.Zeros([1, 2], DType.Float32),
                    ]
                )[0]
                .ToArray<float>()
        );
        StringAssert.Contains(error.ToString(), "h[1] is 3");
    }

    private static Shape Parse(string text) => new(Array.ConvertAll(text.Split(','), long.Parse));

    private static float[] Loss(string attributes, float[] labels, DType dtype, params float[] lengths)
    {
        using var scope = new ArrayScope();
        var inputs = new List<NDArray>
        {
            NDArray.From(s_sequences, [6, 2, 4]).AsType(dtype),
            NDArray.From(labels, [2, 3]).AsType(dtype),
        };
        if (lengths.Length > 0)
            inputs.Add(NDArray.From(lengths).AsType(dtype));
        NDArray loss = Imperative.Invoke(NeuralErrorTests.Bind("_contrib_CTCLoss", attributes), [.. inputs])[0];
        return loss.AsType(DType.Float32).ToArray<float>();
    }
}
