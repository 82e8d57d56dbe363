using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine.Tests.Executors;

/// <summary>
/// Runs a symbol call by call with autograd: the oracle for executors and cached operators. Takes copies of all arrays.
/// </summary>
internal sealed class ImperativeRun
{
    private readonly Dictionary<string, NDArray> _arrays = [];
    private readonly Dictionary<NodeEntry, NDArray> _values = [];

    internal ImperativeRun(
        Symbol symbol,
        IReadOnlyDictionary<string, NDArray> arrays,
        GradientRequests requests,
        bool isTraining,
        NDArray?[] headGradients,
        ulong seed
    )
    {
        GradientRequest[] each = requests.For(symbol.ListArguments());
        foreach ((string name, NDArray array) in arrays)
        {
            _arrays[name] = array.Copy();
        }

        int argument = 0;
        foreach (string name in symbol.ListArguments())
        {
            NDArray array = _arrays[name];
            GradientRequest request = each[argument++];
            // What is added to starts from something.
            Autograd.MarkVariable(array, NDArray.Full(array.Shape, 2, array.DType), request);
        }

        RandomState.Seed(seed);
        using (Autograd.Record(isTraining))
        {
            foreach (Node node in symbol.Graph.Nodes)
            {
                NDArray[] outputs = node.IsVariable
                    ? [_arrays[node.Name]]
                    : Imperative.Invoke(node.Operator!, [.. node.Inputs.Select(input => _values[input])]);
                for (int i = 0; i < outputs.Length; i++)
                {
                    _values[new NodeEntry(node, i)] = outputs[i];
                }
            }
        }

        Outputs = [.. symbol.Entries.Select(entry => _values[entry])];
        if (Outputs.Any(output => output.NeedsGradient))
        {
            int[] heads = [.. Enumerable.Range(0, Outputs.Length).Where(i => Outputs[i].NeedsGradient)];
            Autograd.Backward(
                [.. heads.Select(i => Outputs[i])],
                [.. heads.Select(i => headGradients[i])],
                training: isTraining
            );
        }
    }

    internal NDArray[] Outputs { get; }

    internal NDArray this[string name] => _arrays[name];

    internal NDArray GradientOf(string name) => _arrays[name].Gradient!;
}
