using System.Runtime.InteropServices;
using CoreEngine.Operators;

namespace CoreEngine.Perf;

/// <summary>Layers that are composed to a symbol, which an executor then runs on the model's arrays.</summary>
internal sealed class SymbolicLayers : ILayers<Symbol>
{
    private readonly Dictionary<NDArray, Symbol> _variables = [];
    private readonly Dictionary<string, NDArray> _arrays = [];

    public Symbol Of(NDArray array)
    {
        ref Symbol? variable = ref CollectionsMarshal.GetValueRefOrAddDefault(_variables, array, out _);
        if (variable is null)
        {
            string name = $"array{_arrays.Count}";
            variable = Symbol.Variable(name);
            _arrays.Add(name, array);
        }

        return variable;
    }

    public Symbol Call(BoundOperator op, params ReadOnlySpan<Symbol> inputs)
    {
        Symbol call = Symbol.Call(op.Name, inputs, name: null, op.Attributes);
        return call.Count == 1 ? call : call[0];
    }

    /// <summary>Binds a symbol made of these layers to the model's arrays, and when it is trained to their gradients.</summary>
    public Executor Bind(Symbol symbol, bool isTraining)
    {
        NDArray[] arguments = [.. symbol.ListArguments().Select(name => _arrays[name])];
        return Executor.Bind(
            symbol,
            arguments,
            isTraining ? [.. arguments.Select(array => array.Gradient)] : [],
            states: [.. symbol.ListAuxiliaryStates().Select(name => _arrays[name])]
        );
    }
}
