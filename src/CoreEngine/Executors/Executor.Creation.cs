using CoreEngine.Graphs;
using CoreEngine.Graphs.Planning;
using CoreEngine.Operators;

namespace CoreEngine;

/// <content>Ways to get an executor.</content>
public sealed partial class Executor
{
    // Handles of its own on arrays that nobody else has.
    private NDArray?[] _owned = [];

    /// <summary>Binds a symbol to arrays that exist.</summary>
    /// <param name="symbol">What is computed.</param>
    /// <param name="arguments">One array for each of the symbol's arguments, in order.</param>
    /// <param name="gradients">
    /// Where the gradient of each argument goes; null, or empty for all, where none is wanted.
    /// </param>
    /// <param name="requests">What to do with the gradients; all are overwritten when null.</param>
    /// <param name="states">One array for each of the symbol's auxiliary states, in order.</param>
    /// <param name="device">Where it runs; where the arguments are when null.</param>
    /// <param name="options">How to bind.</param>
    /// <exception cref="EngineException">Arrays are missing, or their shapes, types or devices do not fit.</exception>
    public static Executor Bind(
        Symbol symbol,
        IReadOnlyList<NDArray> arguments,
        IReadOnlyList<NDArray?>? gradients = null,
        GradientRequests? requests = null,
        IReadOnlyList<NDArray>? states = null,
        Device? device = null,
        BindOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(symbol);
        ArgumentNullException.ThrowIfNull(arguments);
        requests ??= GradientRequest.Write;
        return new Executor(
            symbol.Graph,
            device ?? (arguments.Count == 0 ? Device.Cpu() : arguments[0].Device),
            [.. arguments],
            [.. gradients ?? []],
            gradients is null or { Count: 0 } ? [] : requests.For(symbol.ListArguments()),
            [.. states ?? []],
            options
        );
    }

    /// <summary>
    /// Binds a symbol to new arrays of zeros, whose shapes and types are deduced. The executor owns them.
    /// </summary>
    /// <param name="symbol">What is computed.</param>
    /// <param name="shapes">The shapes of the inputs, by name; the others are deduced from them.</param>
    /// <param name="requests">Of which arguments gradients are computed; of all when null.</param>
    /// <param name="types">Types by name; float32 where nothing else can be deduced.</param>
    /// <param name="device">Where it runs; <c>cpu(0)</c> when null.</param>
    /// <param name="options">How to bind.</param>
    /// <param name="storage">
    /// How arguments are stored, by name; as they are annotated, else densely, where nothing is said. How their
    /// gradients are stored follows from the graph: that of the weight of a sparse product is row-sparse.
    /// </param>
    /// <exception cref="EngineException">
    /// Shapes are missing or contradict each other, a name is unknown, or a shared array does not fit.
    /// </exception>
    /// <example>
    /// <code>
    /// Symbol net = Symbol.Load("model-symbol.json");
    /// using Executor executor = Executor.SimpleBind(
    ///     net,
    ///     new Dictionary&lt;string, Shape&gt; { ["data"] = new(1, 3, 224, 224) },
    ///     GradientRequests.None
    /// );
    /// executor.CopyFrom(NDArray.LoadDictionary("model-0000.params"));
    /// executor["data"].CopyFrom&lt;float&gt;(image);
    /// float[] scores = executor.Forward()[0].ToArray&lt;float&gt;();
    /// </code>
    /// </example>
    public static Executor SimpleBind(
        Symbol symbol,
        IReadOnlyDictionary<string, Shape> shapes,
        GradientRequests? requests = null,
        IReadOnlyDictionary<string, DType>? types = null,
        Device? device = null,
        BindOptions? options = null,
        IReadOnlyDictionary<string, StorageType>? storage = null
    )
    {
        ArgumentNullException.ThrowIfNull(symbol);
        ArgumentNullException.ThrowIfNull(shapes);
        Graph graph = symbol.Graph;
        options ??= new BindOptions();
        Device place = device ?? Device.Cpu();
        InferredGraph inferred = GraphInference.Complete(
            graph,
            GraphInference.ByName(graph, shapes),
            GraphInference.ByName(graph, types ?? new Dictionary<string, DType>()),
            GraphInference.ByName(graph, storage ?? new Dictionary<string, StorageType>())
        );
        requests ??= GradientRequest.Write;
        GradientRequest[] each = requests.For(symbol.ListArguments());
        StorageType[] gradientStorage = ExecutorGraph.GradientStorage(inferred, each);
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        var making = new ArgumentMaking(inferred, place, options);
        NDArray[] arguments = [.. graph.Arguments.Select(making.Argument)];
        NDArray?[] gradients =
        [
            .. graph.Arguments.Select(
                (node, i) => each[i] == GradientRequest.Null ? null : making.Gradient(node, gradientStorage[i])
            ),
        ];
        NDArray[] states = [.. graph.AuxiliaryStates.Select(making.State)];
        return new Executor(graph, place, arguments, gradients, each, states, options)
        {
            _owned = [.. arguments, .. gradients, .. states],
        };
    }

    /// <summary>
    /// Copies parameters into the bound arrays: a dictionary as files hold it, with names that begin with <c>arg:</c>
    /// and <c>aux:</c>, or with the bare names.
    /// </summary>
    /// <param name="parameters">Arrays by name.</param>
    /// <param name="allowExtra">Whether names that the executor does not have are passed over.</param>
    /// <exception cref="EngineException">A name is unknown, or a shape differs.</exception>
    public void CopyFrom(IReadOnlyDictionary<string, NDArray> parameters, bool allowExtra = false)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        foreach ((string key, NDArray array) in parameters)
        {
            bool hasPrefix =
                key.StartsWith("arg:", StringComparison.Ordinal) || key.StartsWith("aux:", StringComparison.Ordinal);
            string name = hasPrefix ? key[4..] : key;
            if (allowExtra && !ArgumentNames.Contains(name) && !AuxiliaryStateNames.Contains(name))
                continue;
            NDArray target = this[name];
            if (array.Shape != target.Shape)
            {
                throw new EngineException(
                    $"CopyFrom: the parameter '{key}' is {array.Shape}, the executor's array {target.Shape}."
                );
            }

            array.CopyTo(target);
        }
    }

    /// <summary>Makes the arrays of <see cref="SimpleBind"/>, or takes them from where they are shared.</summary>
    private sealed class ArgumentMaking
    {
        private readonly InferredGraph _inferred;
        private readonly BindOptions _options;
        private readonly Device _device;
        private readonly PlacedGraph? _placed;

        internal ArgumentMaking(InferredGraph inferred, Device device, BindOptions options)
        {
            _inferred = inferred;
            _options = options;
            _device = device;
            if (options.GroupDevices.Count > 0)
                _placed = DevicePlacement.Place(inferred.Graph, device, options.GroupDevices);
        }

        internal NDArray Argument(Node node)
        {
            if (!_options.SharedParameters.Contains(node.Name))
                return Pooled(node, node.Name, StorageOf(node));
            return _options.SharedExecutor is { } shared
                ? Of(node, shared[node.Name], "parameter")
                : Zeros(node, StorageOf(node));
        }

        internal NDArray Gradient(Node node, StorageType storage)
        {
            if (!_options.SharedParameters.Contains(node.Name))
                return Pooled(node, $"gradient of {node.Name}", storage);
            // Sparse gradients hold just what they need: there is nothing to share.
            return
                storage == StorageType.Default
                && _options.SharedExecutor?.GradientOf(node.Name) is { StorageType: StorageType.Default } gradient
                ? Of(node, gradient, "gradient")
                : Zeros(node, storage);
        }

        internal NDArray State(Node node)
        {
            bool isShared = _options.SharedExecutor?.AuxiliaryStateNames.Contains(node.Name) == true;
            return isShared
                ? Of(node, _options.SharedExecutor![node.Name], "auxiliary state")
                : Zeros(node, StorageOf(node));
        }

        private NDArray Of(Node node, NDArray array, string what)
        {
            (Shape shape, DType type) = Expected(node);
            if (array.Shape != shape || array.DType != type)
            {
                throw new EngineException(
                    $"SimpleBind: the shared {what} '{node.Name}' is {array.Shape} {array.DType.Name()}, here it must be "
                        + $"{shape} {type.Name()}."
                );
            }

            return array.Detach();
        }

        // Sparse arrays hold just what they need: there is nothing to share.
        private NDArray Pooled(Node node, string key, StorageType storage)
        {
            if (_options.SharedArrays is not { } pool || storage != StorageType.Default)
                return Zeros(node, storage);
            (Shape shape, DType type) = Expected(node);
            if (
                pool.TryGetValue(key, out NDArray? array)
                && array.DType == type
                && array.Size >= shape.Size
                && array.Device == DeviceOf(node)
            )
                return array.FirstElements(shape);
            NDArray made = Zeros(node, storage);
            pool[key] = made.Detach();
            return made;
        }

        private NDArray Zeros(Node node, StorageType storage)
        {
            (Shape shape, DType type) = Expected(node);
            return NDArray.Zeros(storage, shape, type, DeviceOf(node));
        }

        private StorageType StorageOf(Node node) => _inferred.StorageOf(new NodeEntry(node, 0));

        private (Shape Shape, DType Type) Expected(Node node)
        {
            var entry = new NodeEntry(node, 0);
            return (_inferred.ShapeOf(entry), _inferred.TypeOf(entry));
        }

        private Device DeviceOf(Node node) => _placed?.Devices[_placed.Graph.IndexOf(node)] ?? _device;
    }
}
