using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

public sealed partial class Executor
{
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
            device ?? arguments.FirstOrDefault()?.Device ?? Device.Cpu(),
            [.. arguments],
            [.. gradients ?? []],
            gradients is null or { Count: 0 } ? [] : requests.For(symbol.ListArguments()),
            [.. states ?? []],
            options
        );
    }

    /// <summary>Binds a symbol to new arrays of zeros, whose shapes and types are deduced.</summary>
    /// <param name="symbol">What is computed.</param>
    /// <param name="shapes">The shapes of the inputs, by name; the others are deduced from them.</param>
    /// <param name="requests">Of which arguments gradients are computed; of all when null.</param>
    /// <param name="types">Types by name; float32 where nothing else can be deduced.</param>
    /// <param name="device">Where it runs; <c>cpu(0)</c> when null.</param>
    /// <param name="options">How to bind.</param>
    /// <exception cref="EngineException">Shapes are missing or contradict each other; a name is unknown.</exception>
    public static Executor SimpleBind(
        Symbol symbol,
        IReadOnlyDictionary<string, Shape> shapes,
        GradientRequests? requests = null,
        IReadOnlyDictionary<string, DType>? types = null,
        Device? device = null,
        BindOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(symbol);
        ArgumentNullException.ThrowIfNull(shapes);
        Graph graph = symbol.Graph;
        Device place = device ?? Device.Cpu();
        InferredGraph inferred = GraphInference.Complete(
            graph,
            GraphInference.ByName(graph, shapes),
            GraphInference.ByName(graph, types ?? new Dictionary<string, DType>())
        );
        requests ??= GradientRequest.Write;
        GradientRequest[] each = requests.For(symbol.ListArguments());
        NDArray[] arguments = [.. graph.Arguments.Select(Zeros)];
        NDArray?[] gradients =
        [
            .. graph.Arguments.Select((node, i) => each[i] == GradientRequest.Null ? null : Zeros(node)),
        ];
        return new Executor(
            graph,
            place,
            arguments,
            gradients,
            each,
            [.. graph.AuxiliaryStates.Select(Zeros)],
            options
        );

        NDArray Zeros(Node variable)
        {
            var entry = new NodeEntry(variable, 0);
            return NDArray.Zeros(inferred.ShapeOf(entry), inferred.TypeOf(entry), place);
        }
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
}
