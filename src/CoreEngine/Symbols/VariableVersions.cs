using CoreEngine.Graphs;

namespace CoreEngine;

/// <summary>
/// Counts how often variables were changed, as MXNet does to order the calls that keep states in them: a call sees how
/// many calls before it, and itself, changed each of its inputs.
/// </summary>
internal sealed class VariableVersions
{
    private readonly Dictionary<Node, int> _changes = new(ReferenceEqualityComparer.Instance);

    /// <summary>The versions of a node's inputs. To be called once for each node, in the order in which they run.</summary>
    internal int[] Of(Node node)
    {
        int states = node is { Operator: { } op, CountsStates: true } ? op.AuxiliaryCount : 0;
        int[] versions = new int[node.Inputs.Count];
        for (int i = 0; i < versions.Length; i++)
        {
            Node input = node.Inputs[i].Node;
            versions[i] = _changes.GetValueOrDefault(input);
            if (i >= versions.Length - states)
                _changes[input] = ++versions[i];
        }

        return versions;
    }
}
