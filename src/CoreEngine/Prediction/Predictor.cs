using CoreEngine.Graphs;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>
/// A trained model, ready to be run: inputs in, results out. What follows from the parameters alone was computed when it was
/// made; a run costs little more than its kernels.
/// </summary>
/// <remarks>
/// One predictor serves one caller at a time, on the caller's thread. <see cref="Share"/> makes others over the same
/// parameters, one for each thread: they have inputs, results and memory in between of their own, and run at the same time.
/// Kernels spread over the processors that are free; with a thread for each of them, <c>COREENGINE_THREADS=1</c> saves trying.
/// </remarks>
/// <example>
/// <code>
/// using Predictor predictor = Predictor.Load(
///     "model-symbol.json",
///     "model-0000.params",
///     new Dictionary&lt;string, Shape&gt; { ["data"] = new(1, 3, 224, 224) }
/// );
/// predictor.SetInput("data", image);
/// predictor.Forward();
/// float[] scores = predictor.GetOutput(0);
/// </code>
/// </example>
public sealed unsafe class Predictor : IDisposable
{
    private readonly Lock _lock = new();
    private readonly PreparedModel _model;

    // These and the executor's own arrays are used inside Engine.RunInline alone: nothing is handed to other threads, so
    // that those who run their own predictors do not wait for each other.
    private readonly Dictionary<Node, NDArray> _inputs;
    private readonly Dictionary<Node, NDArray> _states = new(ReferenceEqualityComparer.Instance);
    private readonly Executor _executor;

    // Made when somebody looks inside: it runs the model as it was given, call by call, on arrays that others may see.
    private Executor? _plain;
    private Dictionary<Node, NDArray> _plainInputs = [];
    private bool _isLatestPlain;
    private bool _isMonitored;
    private bool _isDisposed;

    private Predictor(PreparedModel model)
    {
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        using AutogradScope pause = Autograd.Pause();
        _model = model;
        using InlineScope inline = Engine.RunInline();
        _inputs = NewInputs();
        try
        {
            foreach ((Node node, NDArray state) in model.States)
            {
                _states.Add(node, new NDArray(state.Shape, state.DType, state.Device));
                CopyBytes(state, _states[node]);
            }

            _executor = model.Bind(_inputs, _states);
        }
        catch
        {
            DisposeAll(_inputs);
            DisposeAll(_states);
            throw;
        }
    }

    /// <summary>A predictor of a model.</summary>
    /// <param name="symbol">The model.</param>
    /// <param name="parameters">
    /// Its parameters and states as files hold them, with names that begin with <c>arg:</c> and <c>aux:</c>, or with the bare
    /// names; others are passed over. The arrays are shared, and must keep their values.
    /// </param>
    /// <param name="shapes">Shapes of the inputs, by name; what else there is to know must follow from them.</param>
    /// <param name="options">How it runs.</param>
    /// <remarks>Variables of which neither is given, such as labels, are inputs too; they begin with zeros.</remarks>
    /// <exception cref="EngineException">
    /// A name is unknown, a shape cannot be deduced, or shapes, types and parameters contradict each other.
    /// </exception>
    public static Predictor Create(
        Symbol symbol,
        IReadOnlyDictionary<string, NDArray> parameters,
        IReadOnlyDictionary<string, Shape> shapes,
        PredictorOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(symbol);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(shapes);
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        using AutogradScope pause = Autograd.Pause();
        return Of(PreparedModel.Of(symbol, parameters, shapes, options ?? new PredictorOptions()));
    }

    /// <summary>A predictor of a model in files.</summary>
    /// <param name="symbolFile">The model, JSON.</param>
    /// <param name="parameterFile">Its parameters.</param>
    /// <param name="shapes">Shapes of the inputs, by name.</param>
    /// <param name="options">How it runs.</param>
    /// <exception cref="Files.FileAccessException">A file is absent or not permitted.</exception>
    /// <exception cref="Files.FileFormatException">The parameters' file is no array file, or damaged.</exception>
    /// <inheritdoc cref="Create"/>
    public static Predictor Load(
        string symbolFile,
        string parameterFile,
        IReadOnlyDictionary<string, Shape> shapes,
        PredictorOptions? options = null
    )
    {
        using var scope = new ArrayScope();
        return Create(Symbol.Load(symbolFile), NDArray.LoadDictionary(parameterFile), shapes, options);
    }

    /// <summary>Names of the variables that are set before a run.</summary>
    public IReadOnlyList<string> InputNames => [.. _model.Inputs.Keys.Select(node => node.Name)];

    /// <summary>Names of the results.</summary>
    public IReadOnlyList<string> OutputNames => _model.Symbol.ListOutputs();

    /// <summary>The shape of an input.</summary>
    /// <exception cref="EngineException">There is no such input.</exception>
    public Shape InputShape(string name) => Input(name).Shape;

    /// <summary>The shape of a result.</summary>
    /// <exception cref="EngineException">There is no such result.</exception>
    public Shape OutputShape(int index) => Output(index).Shape;

    /// <summary>The type of a result.</summary>
    /// <exception cref="EngineException">There is no such result.</exception>
    public DType OutputType(int index) => Output(index).DType;

    /// <summary>Another predictor over the same parameters, with the same shapes; its inputs begin with zeros.</summary>
    public Predictor Share() => Of(Guarded(_model.Share));

    /// <summary>Another predictor over the same parameters, for inputs of other shapes.</summary>
    /// <param name="shapes">The new shapes by name; what else there is to know must follow from them.</param>
    /// <exception cref="EngineException">
    /// A name is unknown or a parameter's, a shape cannot be deduced, or shapes contradict each other.
    /// </exception>
    public Predictor Reshape(IReadOnlyDictionary<string, Shape> shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        using AutogradScope pause = Autograd.Pause();
        return Of(Guarded(() => _model.Reshape(shapes)));
    }

    /// <summary>Sets an input.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">Its values, row-major; converted when the input is not float32.</param>
    /// <exception cref="EngineException">There is no such input, or the number of values differs.</exception>
    public void SetInput(string name, ReadOnlySpan<float> values)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            NDArray input = Input(name);
            if (values.Length != input.Size)
            {
                throw new EngineException(
                    $"Predictor: {values.Length} values were given for the input '{name}' {input.Shape}, which has {input.Size}."
                );
            }

            using InlineScope inline = Engine.RunInline();
            if (input.DType == DType.Float32)
            {
                input.CopyFrom(values);
                return;
            }

            using AutogradScope pause = Autograd.Pause();
            using NDArray given = NDArray.From(values, input.Shape, input.Device);
            using NDArray converted = given.AsType(input.DType);
            converted.CopyTo(input);
        }
    }

    /// <summary>Sets an input to an array's values, after waiting for them, converting their type.</summary>
    /// <exception cref="EngineException">There is no such input, its shape differs, or the values could not be computed.</exception>
    public void SetInput(string name, NDArray values)
    {
        ArgumentNullException.ThrowIfNull(values);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            NDArray input = Input(name);
            if (values.Shape != input.Shape)
                throw new EngineException($"Predictor: the input '{name}' is {input.Shape}, the array {values.Shape}.");
            values.WaitToRead();
            using InlineScope inline = Engine.RunInline();
            using AutogradScope pause = Autograd.Pause();
            Imperative.Invoke("_copyto", [values], outputs: [input]);
        }
    }

    /// <summary>Computes the results, on this thread.</summary>
    public void Forward()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            using AutogradScope pause = Autograd.Pause();
            _isLatestPlain = _isMonitored;
            if (_isMonitored)
            {
                WithInputs(Plain()).Forward();
                return;
            }

            using InlineScope inline = Engine.RunInline();
            _executor.Forward();
        }
    }

    /// <summary>Runs the model node by node, asynchronously: to be called with 0, 1, 2 ... until nothing is left.</summary>
    /// <param name="step">The number of the node, in the symbol's order; 0 starts a new run.</param>
    /// <returns>How many nodes are left.</returns>
    public int PartialForward(int step)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            using AutogradScope pause = Autograd.Pause();
            _isLatestPlain = true;
            Executor plain = Plain();
            return (step == 0 ? WithInputs(plain) : plain).PartialForward(step);
        }
    }

    /// <summary>Copies a result of the latest run, converted to float32, after waiting for it.</summary>
    /// <param name="index">Its place among the results.</param>
    /// <param name="values">Where to; as long as the result has elements.</param>
    /// <exception cref="EngineException">There is no such result, or the number of values differs.</exception>
    /// <exception cref="Runtime.OperationException">It could not be computed.</exception>
    public void GetOutput(int index, Span<float> values)
    {
        lock (_lock)
        {
            NDArray output = Output(index);
            if (values.Length != output.Size)
            {
                throw new EngineException(
                    $"Predictor: room for {values.Length} values was given, the result {index} {output.Shape} has {output.Size}."
                );
            }

            if (_isLatestPlain)
            {
                Read(output, values);
                return;
            }

            using InlineScope inline = Engine.RunInline();
            Read(output, values);
        }
    }

    /// <summary>A result of the latest run, converted to float32, after waiting for it.</summary>
    /// <inheritdoc cref="GetOutput(int, Span{float})"/>
    public float[] GetOutput(int index)
    {
        float[] values = new float[OutputShape(index).Size];
        GetOutput(index, values);
        return values;
    }

    /// <summary>A copy of a result of the latest run, dense, after waiting for it; the caller disposes it.</summary>
    /// <exception cref="EngineException">There is no such result, or it could not be computed.</exception>
    public NDArray CopyOutput(int index)
    {
        lock (_lock)
        {
            NDArray output = Output(index);
            var copy = new NDArray(output.Shape, output.DType, output.Device);
            if (_isLatestPlain)
            {
                Read(output, copy);
                return copy;
            }

            using InlineScope inline = Engine.RunInline();
            Read(output, copy);
            return copy;
        }
    }

    /// <summary>
    /// Has every result of every call shown to a callback, as <see cref="Executor.SetMonitor"/>; the model is then run as it
    /// was given, call by call.
    /// </summary>
    /// <param name="monitor">Gets names and arrays, which it owns; null for no monitor.</param>
    /// <param name="includesInputs">Whether the calls' inputs are shown, too.</param>
    public void SetMonitor(Action<string, NDArray>? monitor, bool includesInputs = false)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _isMonitored = monitor is not null;
            if (_isMonitored || _plain is not null)
                Plain().SetMonitor(monitor, includesInputs);
        }
    }

    /// <summary>
    /// Lets go of inputs, results and the memory in between; of the parameters when nobody shares them any more. What was
    /// scheduled still runs.
    /// </summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            _executor.Dispose();
            _plain?.Dispose();
            DisposeAll(_inputs);
            DisposeAll(_states);
            DisposeAll(_plainInputs);
            _model.Dispose();
        }
    }

    private static Predictor Of(PreparedModel model)
    {
        try
        {
            return new Predictor(model);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private PreparedModel Guarded(Func<PreparedModel> make)
    {
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return make();
        }
    }

    private Executor Plain()
    {
        if (_plain is not null)
            return _plain;
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        _plainInputs = NewInputs();
        return _plain = _model.BindPlainly(_plainInputs);
    }

    /// <summary>The plain executor, with what the inputs are now.</summary>
    private Executor WithInputs(Executor plain)
    {
        foreach ((Node node, NDArray input) in _inputs)
        {
            NDArray target = _plainInputs[node];
            target.WaitToWrite();
            CopyBytes(input, target);
        }

        return plain;
    }

    private Dictionary<Node, NDArray> NewInputs() =>
        _model.Inputs.ToDictionary(
            pair => pair.Key,
            pair => NDArray.Zeros(pair.Value.Shape, pair.Value.Type, _model.Options.Device)
        );

    /// <summary>Copies dense values in host memory that nobody else uses meanwhile.</summary>
    private static void CopyBytes(NDArray source, NDArray target)
    {
        long bytes = source.Size * source.DType.ItemSize();
        System.Buffer.MemoryCopy(source.Pointer, target.Pointer, bytes, bytes);
        GC.KeepAlive(source);
        GC.KeepAlive(target);
    }

    private static void Read(NDArray output, Span<float> values)
    {
        using AutogradScope pause = Autograd.Pause();
        using NDArray dense = output.ToDense();
        using NDArray floats = dense.DType == DType.Float32 ? dense.Detach() : dense.AsType(DType.Float32);
        floats.AsSpan<float>().CopyTo(values);
    }

    private static void Read(NDArray output, NDArray copy)
    {
        using AutogradScope pause = Autograd.Pause();
        using NDArray dense = output.ToDense();
        dense.WaitToRead();
        CopyBytes(dense, copy);
    }

    private NDArray Input(string name)
    {
        foreach ((Node node, NDArray input) in _inputs)
        {
            if (node.Name == name)
                return input;
        }

        throw new EngineException(
            _model.Parameters.Keys.Any(node => node.Name == name)
                ? $"Predictor: '{name}' is a parameter, which predictors share; give its shape when the predictor is made, and "
                    + "it is an input."
                : $"Predictor: there is no input '{name}'. There are: {NameList.Of(InputNames, name)}"
        );
    }

    private NDArray Output(int index)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        IReadOnlyList<NDArray> outputs = _isLatestPlain ? _plain!.Outputs : _executor.Outputs;
        return (uint)index < (uint)outputs.Count
            ? outputs[index]
            : throw new EngineException($"Predictor: there is no result {index}; there are {outputs.Count}.");
    }

    private static void DisposeAll(Dictionary<Node, NDArray> arrays)
    {
        foreach (NDArray array in arrays.Values)
        {
            array.Dispose();
        }
    }
}
