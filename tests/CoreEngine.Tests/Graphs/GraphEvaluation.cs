using CoreEngine.Graphs;

namespace CoreEngine.Tests.Graphs;

/// <summary>Runs a graph call by call on arrays: the oracle for everything that runs it faster.</summary>
internal static class GraphEvaluation
{
    /// <summary>The values of the heads, in training mode.</summary>
    internal static NDArray[] Run(Graph graph, Func<Node, NDArray> variables)
    {
        using AutogradScope training = Autograd.TrainMode();
        var values = new Dictionary<NodeEntry, NDArray>();
        foreach (Node node in graph.Nodes)
        {
            if (node.IsVariable)
            {
                values[new NodeEntry(node, 0)] = variables(node);
                continue;
            }

            var outputs = new NDArray?[node.OutputCount];
            Dispatcher.Run(
                node.Operator!,
                [.. node.Inputs.Select(input => values[input])],
                outputs,
                [],
                isTraining: true
            );
            for (int i = 0; i < outputs.Length; i++)
            {
                values[new NodeEntry(node, i)] = outputs[i]!;
            }
        }

        return [.. graph.Heads.Select(head => values[head])];
    }
}
