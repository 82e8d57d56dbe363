namespace CoreEngine.Operators.Tests;

/// <summary>What layers do beyond a formula: randomness, state, and what they leave alone.</summary>
[TestClass]
[DoNotParallelize]
public sealed class NeuralBehaviourTests
{
    private static readonly long[] s_parameters = [3];

    /// <summary>The seed alone decides what is dropped, not the number of threads; another call drops something else.</summary>
    [TestMethod]
    [DataRow("Dropout", "p=0.3")]
    [DataRow("LeakyReLU", "act_type=rrelu")]
    public void Random_layers_do_not_depend_on_threads(string name, string attributes)
    {
        float[] runs = ThreadCounts.AreAlike(() => DrawTwice(name, attributes));
        CollectionAssert.AreNotEqual(runs[..(runs.Length / 2)], runs[(runs.Length / 2)..]);
    }

    private static float[] DrawTwice(string name, string attributes)
    {
        using var scope = new ArrayScope();
        RandomState.Seed(11);
        BoundOperator op = NeuralErrorTests.Bind(name, attributes);
        NDArray x = NDArray.Full(new Shape(100_003), -1, DType.Float32);
        using AutogradScope training = Autograd.TrainMode();
        float[] first = Imperative.Invoke(op, [x])[0].ToArray<float>();
        return [.. first, .. Imperative.Invoke(op, [x])[0].ToArray<float>()];
    }

    /// <summary>What was not dropped in the forward pass has its gradient, whatever mode backward runs in.</summary>
    [TestMethod]
    [DataRow(true, true)]
    [DataRow(true, false)]
    [DataRow(false, true)]
    public void Dropout_backward_follows_forward(bool forwardTrains, bool backwardTrains)
    {
        using var scope = new ArrayScope();
        NDArray x = NDArray.Full(new Shape(1000), 1, DType.Float32);
        x.AttachGradient();
        NDArray y;
        using (Autograd.Record(forwardTrains))
        {
            y = Imperative.Invoke(NeuralErrorTests.Bind("Dropout", "p=0.5"), [x])[0];
        }

        Autograd.Backward([y], training: backwardTrains);
        float[] values = y.ToArray<float>();
        Assert.AreEqual(forwardTrains, values.Contains(0f));
        CollectionAssert.AreEqual(values, x.Gradient!.ToArray<float>());
    }

    /// <summary>The moving statistics change in the backward pass of training, and only there.</summary>
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Batch_normalisation_moves_its_statistics_in_backward(bool training)
    {
        using var scope = new ArrayScope();
        NDArray[] inputs = BatchNormInputs();
        inputs[0].AttachGradient();
        NDArray y;
        using (Autograd.Record(training))
        {
            y = Imperative.Invoke(NeuralErrorTests.Bind("BatchNorm", "momentum=0.5"), inputs)[0];
        }

        y.WaitToRead();
        CollectionAssert.AreEqual(new float[] { 0, 0, 0 }, inputs[3].ToArray<float>());
        Autograd.Backward([y], training: training);
        float[] expected = training ? [2, 3, 4] : [0, 0, 0];
        CollectionAssert.AreEqual(expected, inputs[3].ToArray<float>());
    }

    /// <summary>A prediction changes nothing, not even the factors that fix_gamma says are 1.</summary>
    [TestMethod]
    public void Batch_normalisation_leaves_its_parameters_alone_in_prediction()
    {
        using var scope = new ArrayScope();
        NDArray[] inputs = BatchNormInputs();
        float[] y = Imperative.Invoke(NeuralErrorTests.Bind("BatchNorm", "eps=0"), inputs)[0].ToArray<float>();
        CollectionAssert.AreEqual(new float[] { 3, 4, 5, 5, 8, 11 }, y);
        CollectionAssert.AreEqual(new float[] { 7, 7, 7 }, inputs[1].ToArray<float>());
    }

    /// <summary>A channel that does not vary is its offset, even with epsilon 0, and has no gradient.</summary>
    [TestMethod]
    public void Batch_normalisation_bears_channels_that_do_not_vary()
    {
        using var scope = new ArrayScope();
        NDArray[] inputs = BatchNormInputs();
        inputs[0] = NDArray.From(new float[] { 3, 4, 5, 3, 8, 11 }, new Shape(2, 3));
        inputs[2] = NDArray.Full(new Shape(s_parameters), 0.5, DType.Float32);
        inputs[0].AttachGradient();
        NDArray y;
        using (Autograd.Record())
        {
            y = Imperative.Invoke(NeuralErrorTests.Bind("BatchNorm", "eps=0 fix_gamma=0 momentum=0.5"), inputs)[0];
        }

        Autograd.Backward([y]);
        CollectionAssert.AreEqual(new[] { 0.5f, -6.5f, -6.5f, 0.5f, 7.5f, 7.5f }, y.ToArray<float>());
        Assert.IsTrue(inputs[0].Gradient!.ToArray<float>().All(g => MathF.Abs(g) < 1e-6f));
        float[] moved = inputs[4].ToArray<float>();
        Assert.AreEqual(0.5f, moved[0]);
        Assert.AreEqual(2.5f, moved[1], 1e-5f);
    }

    /// <summary>Who drops everything has zeros, not what 1 / 0 makes of them.</summary>
    [TestMethod]
    public void Dropout_may_drop_everything()
    {
        using var scope = new ArrayScope();
        NDArray x = NDArray.Full(new Shape(100), 3, DType.Float32);
        x.AttachGradient();
        NDArray y;
        using (Autograd.Record())
        {
            y = Imperative.Invoke(NeuralErrorTests.Bind("Dropout", "p=1"), [x])[0];
        }

        Autograd.Backward([y]);
        Assert.IsTrue(y.ToArray<float>().All(value => value == 0));
        Assert.IsTrue(x.Gradient!.ToArray<float>().All(value => value == 0));
    }

    /// <summary>Recurrent layers may drop all that goes between them: the upper one then sees nothing.</summary>
    [TestMethod]
    public void Recurrent_layers_may_drop_everything_between_them()
    {
        using var scope = new ArrayScope();
        BoundOperator op = NeuralErrorTests.Bind("RNN", "mode=rnn_tanh state_size=2 num_layers=2 p=1");
        NDArray x = NDArray.Full(new Shape(3, 1, 2), 1, DType.Float32);
        // Weights of both layers, then their biases, which alone are left: tanh(0.25 + 0.25) and what follows from it.
        NDArray parameters = NDArray.From(
            [.. Enumerable.Repeat(0.5f, 12), .. Enumerable.Repeat(0f, 4), .. Enumerable.Repeat(0.25f, 8)],
            new Shape(24)
        );
        NDArray state = NDArray.Zeros(new Shape(2, 1, 2), DType.Float32);
        using AutogradScope training = Autograd.TrainMode();
        float[] y = Imperative.Invoke(op, [x, parameters, state])[0].ToArray<float>();
        foreach (float value in y)
        {
            Assert.AreEqual(MathF.Tanh(0.5f), value, 1e-6f);
        }
    }

    /// <summary>Data with the means 4, 6 and 8, and moving statistics 0 and 1.</summary>
    private static NDArray[] BatchNormInputs() =>
        [
            NDArray.From(new float[] { 3, 4, 5, 5, 8, 11 }, new Shape(2, 3)),
            NDArray.Full(new Shape(s_parameters), 7, DType.Float32),
            NDArray.Zeros(new Shape(s_parameters), DType.Float32),
            NDArray.Zeros(new Shape(s_parameters), DType.Float32),
            NDArray.Full(new Shape(s_parameters), 1, DType.Float32),
        ];

    /// <summary>A label outside the classes is expected nowhere, and its row's gradient is the probabilities.</summary>
    [TestMethod]
    [DataRow(-1f)]
    [DataRow(3f)]
    public void Labels_outside_the_classes_are_harmless(float label)
    {
        using var scope = new ArrayScope();
        NDArray x = NDArray.Zeros(new Shape(1, 3), DType.Float32);
        x.AttachGradient();
        NDArray y;
        using (Autograd.Record())
        {
            NDArray labels = NDArray.From(new[] { label }, new Shape(1));
            y = Imperative.Invoke(NeuralErrorTests.Bind("SoftmaxOutput", ""), [x, labels])[0];
        }

        Autograd.Backward([y]);
        CollectionAssert.AreEqual(y.ToArray<float>(), x.Gradient!.ToArray<float>());
    }

    /// <summary>A region of an image that is not there, or wholly outside its image, gives zeros.</summary>
    [TestMethod]
    public void Regions_outside_the_images_are_empty()
    {
        using var scope = new ArrayScope();
        NDArray x = NDArray.Full(new Shape(1, 1, 4, 4), 5, DType.Float32);
        float[] corners = [1, 0, 0, 3, 3, -1, 0, 0, 3, 3, 0, 9, 9, 12, 12, 0, float.NaN, 0, float.PositiveInfinity, 3];
        NDArray regions = NDArray.From(corners, new Shape(4, 5));
        BoundOperator op = NeuralErrorTests.Bind("ROIPooling", "pooled_size=(1,1) spatial_scale=1");
        CollectionAssert.AreEqual(new float[] { 0, 0, 0, 5 }, Imperative.Invoke(op, [x, regions])[0].ToArray<float>());
    }
}
