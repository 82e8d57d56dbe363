using CoreEngine.Kernels;

namespace CoreEngine.Operators.Tests;

/// <summary>The fused convolution is the convolution, the sum and the activation that it replaces.</summary>
[TestClass]
public sealed class FusedConvolutionTests
{
    private static readonly (string Window, long[] Data, long[] Weight)[] s_layers =
    [
        ("kernel=(3,3) num_filter=5 pad=(1,1)", [2, 3, 7, 9], [5, 3, 3, 3]),
        ("kernel=(3,3) num_filter=32 pad=(1,1)", [1, 32, 14, 13], [32, 32, 3, 3]),
        ("kernel=(3,3) num_filter=64 pad=(1,1)", [3, 64, 7, 7], [64, 64, 3, 3]),
        ("kernel=(3,3) num_filter=8 stride=(2,2) pad=(1,1)", [2, 16, 15, 14], [8, 16, 3, 3]),
        ("kernel=(1,1) num_filter=24", [2, 17, 6, 7], [24, 17, 1, 1]),
        ("kernel=(3,3) num_filter=6 pad=(1,1) num_group=6", [2, 6, 9, 8], [6, 1, 3, 3]),
        ("kernel=(3,2) num_filter=6 num_group=2 dilate=(2,1)", [1, 4, 9, 8], [6, 2, 3, 2]),
        ("kernel=(3,) num_filter=4 stride=(2,)", [2, 3, 20], [4, 3, 3]),
        ("kernel=(2,2,2) num_filter=3 pad=(1,0,1)", [1, 2, 4, 5, 6], [3, 2, 2, 2, 2]),
    ];

    /// <summary>All combinations of bias, residual, activation and layout of the weight.</summary>
    [TestMethod]
    [DataRow(DType.Float32, 2e-4)]
    [DataRow(DType.Float64, 1e-12)]
    [DataRow(DType.Float16, 0.06)]
    public void It_is_what_it_replaces(DType dtype, double tolerance)
    {
        foreach ((string window, long[] dataShape, long[] weightShape) in s_layers)
        {
            using var scope = new ArrayScope();
            RandomState.Seed(3);
            NDArray x = NDArray.RandomUniform(-1, 1, new Shape(dataShape)).AsType(dtype);
            NDArray w = NDArray.RandomUniform(-1, 1, new Shape(weightShape)).AsType(dtype);
            NDArray b = NDArray.RandomUniform(-1, 1, new Shape(weightShape[0])).AsType(dtype);
            string size = $"data_size=({string.Join(",", dataShape[2..])},)";
            NDArray prepared = Call("_contrib_prepare_convolution_weight", $"{window} {size}", w);
            NDArray plain = Call("Convolution", window, x, w, b);
            NDArray residual = NDArray.RandomUniform(-1, 1, plain.Shape).AsType(dtype);
            foreach (string activation in (string[])["none", "relu", "clipped_relu"])
            foreach (bool withBias in (bool[])[false, true])
            foreach (bool withResidual in (bool[])[false, true])
            {
                NDArray expected = withBias ? plain : Call("Convolution", $"{window} no_bias=True", x, w);
                expected = withResidual ? expected + residual : expected;
                expected = activation switch
                {
                    "none" => expected,
                    "relu" => Call("relu", "", expected),
                    _ => Call("clip", "a_min=0 a_max=0.75", expected),
                };
                foreach (bool isPrepared in (bool[])[false, true])
                {
                    string attributes =
                        $"{window} act_type={activation} act_limit=0.75 no_bias={!withBias} with_residual={withResidual}"
                        + $" weight_layout={(isPrepared ? "prepared" : "plain")}";
                    List<NDArray> inputs = [x, isPrepared ? prepared : w];
                    if (withBias)
                        inputs.Add(b);
                    if (withResidual)
                        inputs.Add(residual);
                    NDArray actual = Call("_contrib_fused_convolution", attributes, [.. inputs]);
                    double[] right = expected.AsType(DType.Float64).ToArray<double>();
                    double[] values = actual.AsType(DType.Float64).ToArray<double>();
                    Assert.AreEqual(right.Length, values.Length);
                    for (int i = 0; i < right.Length; i++)
                    {
                        Assert.AreEqual(right[i], values[i], tolerance, $"{attributes} at {i}");
                    }
                }
            }
        }
    }

    /// <summary>Prepared weights serve any batch.</summary>
    [TestMethod]
    public void Prepared_weights_serve_batches_of_any_size()
    {
        using var scope = new ArrayScope();
        const string Window = "kernel=(3,3) num_filter=64 pad=(1,1) no_bias=True";
        NDArray w = NDArray.RandomUniform(-1, 1, new Shape(64, 64, 3, 3));
        NDArray prepared = Call("_contrib_prepare_convolution_weight", $"{Window} data_size=(7,7)", w);
        NDArray x = NDArray.RandomUniform(-1, 1, new Shape(9, 64, 7, 7));
        float[] all = Call("_contrib_fused_convolution", $"{Window} weight_layout=prepared", x, prepared)
            .ToArray<float>();
        NDArray first = Call("slice_axis", "axis=0 begin=0 end=1", x);
        float[] one = Call("_contrib_fused_convolution", $"{Window} weight_layout=prepared", first, prepared)
            .ToArray<float>();
        for (int i = 0; i < one.Length; i++)
        {
            Assert.AreEqual(all[i], one[i], 2e-4f);
        }
    }

    /// <summary>A weight that was not prepared for this data is refused, with the remedy.</summary>
    [TestMethod]
    public void Weights_of_the_wrong_layout_are_explained()
    {
        using var scope = new ArrayScope();
        NDArray x = NDArray.Zeros(new Shape(1, 2, 5, 5), DType.Float32);
        NDArray w = NDArray.Zeros(new Shape(2, 2, 3, 3), DType.Float32);
        const string Attributes = "kernel=(3,3) num_filter=2 no_bias=True weight_layout=prepared";
        string message = Assert
            .ThrowsExactly<ShapeMismatchException>(() => Call("_contrib_fused_convolution", Attributes, x, w))
            .Message;
        StringAssert.Contains(message, "_contrib_prepare_convolution_weight");
        StringAssert.Contains(message, "data_size");
    }

    /// <summary>Training with it says what to use instead.</summary>
    [TestMethod]
    public void It_has_no_gradient()
    {
        using var scope = new ArrayScope();
        NDArray x = NDArray.Ones(new Shape(1, 2, 5, 5), DType.Float32);
        NDArray w = NDArray.Ones(new Shape(2, 2, 3, 3), DType.Float32);
        w.AttachGradient();
        OperatorException error = Assert.Throws<OperatorException>(() =>
        {
            NDArray y;
            using (Autograd.Record())
            {
                y = Call("_contrib_fused_convolution", "kernel=(3,3) num_filter=2 no_bias=True", x, w);
            }

            y.Backward();
        });
        StringAssert.Contains(error.Message, "inference");
        StringAssert.Contains(error.Message, "Convolution and Activation");
    }

    private static NDArray Call(string name, string attributes, params NDArray[] inputs) =>
        Imperative.Invoke(NeuralErrorTests.Bind(name, attributes), inputs)[0];
}
