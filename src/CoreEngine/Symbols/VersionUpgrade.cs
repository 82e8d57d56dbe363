using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>Brings what other versions of MXNet wrote to the form of version 1.0.0.</summary>
internal static class VersionUpgrade
{
    /// <summary>Changes a document in place.</summary>
    /// <exception cref="Files.FileFormatException">An operator is unknown, or its attributes do not fit it.</exception>
    internal static void Apply(SymbolDocument document)
    {
        int count = document.Nodes.Count;
        for (int i = 0; i < count; i++)
        {
            if (document.Version < SymbolDocument.CurrentVersion)
                WrapHiddenKeys(document, i);
            if (document.Version > SymbolDocument.CurrentVersion)
                NewerAttributes.Drop(document.Nodes[i]);
        }

        for (int i = 0; i < count; i++)
        {
            if (document.Version < 900)
                AddMissingInputs(document, i);
            if (document.Version < 904)
                DescribeInitializers(document, i);
            if (document.Version < 905)
                DropDefaultAxis(document.Nodes[i]);
        }
    }

    /// <summary>
    /// Attributes for the engine, like lr_mult, get their underscores; those that speak of an input, like
    /// weight_lr_mult, go to that input where it is a variable.
    /// </summary>
    private static void WrapHiddenKeys(SymbolDocument document, int i)
    {
        SymbolDocumentNode node = document.Nodes[i];
        var hidden = new List<(string Key, string Value, string Hidden)>();
        foreach ((string key, string value) in node.Attributes)
        {
            foreach (string candidate in AttributeKeys.Hidden)
            {
                if (
                    key.StartsWith(candidate, StringComparison.Ordinal)
                    || key.EndsWith(candidate, StringComparison.Ordinal)
                )
                {
                    hidden.Add((key, value, candidate));
                    break;
                }
            }
        }

        if (hidden.Count == 0)
            return;
        foreach ((string key, _, _) in hidden)
        {
            node.Attributes.Remove(key);
        }

        string[]? names = InputNames(document, i);
        foreach ((string key, string value, string candidate) in hidden)
        {
            string wrapped = AttributeKeys.Wrap(candidate);
            if (key == candidate)
                node.Attributes[wrapped] = value;
            else if (InputOf(document, node, names, key, candidate) is { } input)
                input.Attributes[wrapped] = value;
            else
                node.Attributes[key] = value;
        }
    }

    /// <summary>The variable that a key like weight_lr_mult speaks of.</summary>
    private static SymbolDocumentNode? InputOf(
        SymbolDocument document,
        SymbolDocumentNode node,
        string[]? names,
        string key,
        string hidden
    )
    {
        if (names is null || key.Length < hidden.Length + 2 || !key.EndsWith(hidden, StringComparison.Ordinal))
            return null;
        int place = Array.IndexOf(names, key[..(key.Length - hidden.Length - 1)]);
        if ((uint)place >= (uint)node.Inputs.Count)
            return null;
        int input = node.Inputs[place].Node;
        return (uint)input < (uint)document.Nodes.Count && document.Nodes[input].IsVariable
            ? document.Nodes[input]
            : null;
    }

    /// <summary>Before 0.9 auxiliary states were not written: they follow as new variables with the call's attributes.</summary>
    private static void AddMissingInputs(SymbolDocument document, int i)
    {
        SymbolDocumentNode node = document.Nodes[i];
        if (InputNames(document, i) is not { } names)
            return;
        for (int place = node.Inputs.Count; place < names.Length; place++)
        {
            node.Inputs.Add(new SymbolDocumentEntry(document.Nodes.Count, 0, Version: 0));
            document.Nodes.Add(
                new SymbolDocumentNode
                {
                    Name = node.Name.Length == 0 ? names[place] : $"{node.Name}_{names[place]}",
                    Attributes = new Dictionary<string, string>(node.Attributes, StringComparer.Ordinal),
                }
            );
        }
    }

    private static void DescribeInitializers(SymbolDocument document, int i)
    {
        SymbolDocumentNode node = document.Nodes[i];
        if (node.IsVariable || !OperatorRegistry.Default.TryGet(node.Operator, out OperatorDef? definition))
            return;
        foreach ((int place, string description) in definition.InputInitializers)
        {
            if (place >= node.Inputs.Count)
                continue;
            int input = node.Inputs[place].Node;
            if ((uint)input < (uint)document.Nodes.Count && document.Nodes[input].IsVariable)
                document.Nodes[input].Attributes.TryAdd(AttributeKeys.Initializer, description);
        }
    }

    /// <summary>Once, axis = -1 meant all axes, which no axis means today.</summary>
    private static void DropDefaultAxis(SymbolDocumentNode node)
    {
        if (node.Operator is "argmax" or "argmin" && node.Attributes.GetValueOrDefault("axis") == "-1")
            node.Attributes.Remove("axis");
    }

    /// <summary>The names of a call's inputs where its operator has a fixed list; null otherwise.</summary>
    private static string[]? InputNames(SymbolDocument document, int i)
    {
        BoundOperator? op = document.Bind(i, out _);
        return op is null || op.Definition.CountVariadicInputs is not null ? null : op.InputNames;
    }
}
