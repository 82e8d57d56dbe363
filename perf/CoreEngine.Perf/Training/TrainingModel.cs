using CoreEngine.Operators;

namespace CoreEngine.Perf;

/// <summary>
/// A model that we and PyTorch train on one batch: the same weights at the start, the same loss, the same optimizer
/// (stochastic gradient descent with momentum).
/// </summary>
/// <param name="asGraph">Whether the model is compiled to an executor; recorded anew in every step otherwise.</param>
internal abstract class TrainingModel(bool asGraph) : IDisposable
{
    private const double LearningRate = 0.001;

    private const string TorchWeights = """
        def weight(*shape):
            inputs = torch.zeros(shape[1:]).numel()
            return (torch.randn(shape) * (2.0 / inputs) ** 0.5).requires_grad_()
        def full(value, size):
            return torch.full((size,), float(value)).requires_grad_()

        """;

    private const string TorchStep = """
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of()
        loss.backward()
        optimizer.step()
        value = loss.item()
        """;

    private static readonly ImperativeLayers s_imperative = new();
    private static readonly BoundOperator s_relu = Bind("relu");
    private static readonly BoundOperator s_logSoftmax = Bind("log_softmax");
    private static readonly BoundOperator s_pick = Bind("pick", ("axis", "1"));
    private static readonly BoundOperator s_mean = Bind("mean");
    private static readonly BoundOperator s_negative = Bind("negative");

    private readonly List<NDArray> _parameters = [];
    private readonly Optimizers.Sgd _optimizer = new(LearningRate) { Momentum = 0.9 };
    private TorchCase? _torch;
    private Executor? _executor;

    /// <summary>The case's name.</summary>
    public string Name => asGraph ? $"{Title}, executor" : Title;

    /// <summary>The model and its sizes.</summary>
    protected abstract string Title { get; }

    /// <summary>
    /// Python that makes the list <c>params</c>, in the order in which <see cref="Build"/> asks for them, the input
    /// <c>x</c>, labels <c>y</c>, and the function <c>loss_of</c>.
    /// </summary>
    protected abstract string Setup { get; }

    /// <summary>Makes parameters and inputs.</summary>
    protected abstract void Build();

    /// <summary>The loss of the batch, shape (1,).</summary>
    protected abstract T Loss<T>(ILayers<T> layers);

    private string TorchSetup =>
        TorchWeights + Setup + $"\noptimizer = torch.optim.SGD(params, lr={LearningRate}, momentum=0.9)\n";

    /// <summary>A Python script that trains the model in PyTorch, or runs it.</summary>
    /// <param name="isTraining">Whether it is trained.</param>
    /// <param name="repeats">How many steps.</param>
    public string Script(bool isTraining, int repeats)
    {
        string body = isTraining ? TorchStep : "with torch.inference_mode():\n    value = loss_of().item()";
        return "import torch\nimport torch.nn.functional as F\ntorch.set_num_threads(1)\n"
            + TorchSetup
            + $"\nfor _ in range({repeats}):\n    "
            + body.ReplaceLineEndings("\n    ");
    }

    /// <summary>Prepares PyTorch, when there is one, and takes its weights.</summary>
    public TorchCase? Prepare(TorchPeer? peer)
    {
        _torch = peer?.Prepare(TorchSetup, TorchStep, gradients: true);
        Build();
        return _torch;
    }

    /// <summary>One step; gives the loss before it.</summary>
    public float Step()
    {
        using var scope = new ArrayScope();
        NDArray loss = asGraph ? RunGraph() : RunTape();
        for (int i = 0; i < _parameters.Count; i++)
        {
            _optimizer.Update(i, _parameters[i], _parameters[i].Gradient!);
        }

        return loss.ToScalar<float>();
    }

    /// <summary>The model as an executor on its arrays: the loss with its gradients, or the loss alone.</summary>
    public Executor Bind(bool isTraining)
    {
        var layers = new SymbolicLayers();
        return layers.Bind(Loss(layers), isTraining);
    }

    private NDArray RunTape()
    {
        NDArray loss;
        using (Autograd.Record())
        {
            loss = Loss(s_imperative);
        }

        loss.Backward();
        return loss;
    }

    private NDArray RunGraph()
    {
        _executor ??= Bind(isTraining: true);
        NDArray loss = _executor.Forward(isTraining: true)[0];
        _executor.Backward();
        return loss;
    }

    /// <summary>Makes sure that both sides do the same: the losses before and after a step agree.</summary>
    /// <exception cref="InvalidOperationException">They do not.</exception>
    public void Check()
    {
        if (_torch is null)
        {
            return;
        }

        for (int step = 0; step < 2; step++)
        {
            float theirs = _torch.Read("loss_of()").Data[0];
            float ours = Step();
            if (!(Math.Abs(ours - theirs) <= 1e-3 * Math.Abs(theirs)))
            {
                throw new InvalidOperationException($"{Name}, step {step}: our loss is {ours}, PyTorch's is {theirs}.");
            }

            _torch.Variants(1)[0].Run(1);
        }
    }

    public void Dispose()
    {
        _torch?.Dispose();
        _executor?.Dispose();
        _optimizer.Dispose();
        foreach (NDArray parameter in _parameters)
        {
            parameter.Gradient?.Dispose();
            parameter.Dispose();
        }
    }

    /// <summary>The next parameter.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="expression">PyTorch's values; the next one of <c>params</c> when null.</param>
    protected NDArray Parameter(Shape shape, string? expression = null)
    {
        NDArray parameter = Take(expression ?? $"params[{_parameters.Count}]", shape);
        parameter.AttachGradient();
        _parameters.Add(parameter);
        return parameter;
    }

    /// <summary>PyTorch's tensor, or random numbers where there is none.</summary>
    protected NDArray Take(string expression, Shape shape)
    {
        if (_torch is null)
        {
            return NDArray.RandomUniform(0, 0.05, shape);
        }

        return NDArray.From<float>(_torch.Read(expression).Data, shape);
    }

    protected static BoundOperator Bind(string name, params (string Name, string Value)[] attributes) =>
        OperatorRegistry.Default[name].Bind(attributes.ToDictionary(pair => pair.Name, pair => pair.Value));

    /// <summary>The mean of the negated log-probabilities of the labels.</summary>
    protected static T CrossEntropy<T>(ILayers<T> layers, T scores, NDArray labels)
    {
        T picked = layers.Call(s_pick, layers.Call(s_logSoftmax, scores), layers.Of(labels));
        return layers.Call(s_negative, layers.Call(s_mean, picked));
    }

    protected static T Relu<T>(ILayers<T> layers, T x) => layers.Call(s_relu, x);
}
