using CoreEngine.Graphs;

namespace CoreEngine.Tests.Graphs.Passes;

/// <summary>Runs a graph in the plainest way: node after node, each as a call of its own.</summary>
internal static class GraphEvaluation
{
    /// <summary>The values of the heads; variables that calls change are changed.</summary>
    internal static NDArray[] Run(Graph graph, IReadOnlyDictionary<Node, NDArray> variables, bool isTraining = false)
    {
        var values = new Dictionary<NodeEntry, NDArray>();
        foreach (Node node in graph.Nodes)
        {
            if (node.IsVariable)
            {
                values.Add(new NodeEntry(node, 0), variables[node]);
                continue;
            }

            NDArray[] inputs = [.. node.Inputs.Select(input => values[input])];
            var outputs = new NDArray?[node.OutputCount];
            Dispatcher.Run(node.Operator!, inputs, outputs, requests: default, isTraining);
            for (int i = 0; i < outputs.Length; i++)
            {
                values.Add(new NodeEntry(node, i), outputs[i]!);
            }
        }

        return [.. graph.Heads.Select(head => values[head])];
    }

    /// <summary>The elements as bytes.</summary>
    internal static byte[] Bits(NDArray array) =>
        array.DType switch
        {
            DType.Float32 => Bits<float>(array),
            DType.Float64 => Bits<double>(array),
            DType.Float16 => Bits<Half>(array),
            _ => throw new NotSupportedException(),
        };

    private static byte[] Bits<T>(NDArray array)
        where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.AsBytes(array.AsSpan<T>()).ToArray();
}
