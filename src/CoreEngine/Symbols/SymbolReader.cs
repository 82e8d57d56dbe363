using CoreEngine.Files;

namespace CoreEngine;

/// <summary>Reads the JSON of symbol files. Every key must be known; what is unknown could change what the graph means.</summary>
internal ref struct SymbolReader(ReadOnlySpan<byte> text, string source)
{
    private JsonScanner _json = new(text, source);

    /// <exception cref="FileFormatException">The text is no symbol.</exception>
    internal SymbolDocument Read()
    {
        var document = new SymbolDocument(source);
        bool hasNodes = false;
        bool hasHeads = false;
        bool isFirst = true;
        _json.BeginObject();
        while (_json.NextKey(ref isFirst, out string key))
        {
            switch (key)
            {
                case "nodes" when !hasNodes:
                    hasNodes = true;
                    ReadNodes(document.Nodes);
                    break;
                case "heads" when !hasHeads:
                    hasHeads = true;
                    ReadEntries(document.Heads);
                    break;
                case "arg_nodes" when document.Variables.Count == 0:
                    ReadIntegers(document.Variables);
                    break;
                case "node_row_ptr":
                    // Follows from the operators.
                    _json.Skip();
                    break;
                case "attrs":
                    ReadGraphAttributes(document);
                    break;
                default:
                    throw Unexpected(key, "the graph");
            }
        }

        _json.End();
        return hasNodes && hasHeads
            ? document
            : throw _json.Error($"there are no '{(hasNodes ? "heads" : "nodes")}', so this is no symbol");
    }

    private void ReadNodes(List<SymbolDocumentNode> nodes)
    {
        bool isFirst = true;
        _json.BeginArray();
        while (_json.NextItem(ref isFirst))
        {
            nodes.Add(ReadNode());
        }
    }

    private SymbolDocumentNode ReadNode()
    {
        string? name = null;
        string? op = null;
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        var inputs = new List<SymbolDocumentEntry>();
        var dependencies = new List<int>();
        bool isFirst = true;
        _json.BeginObject();
        while (_json.NextKey(ref isFirst, out string key))
        {
            switch (key)
            {
                case "op" when op is null:
                    op = _json.ReadString();
                    break;
                case "name" when name is null:
                    name = _json.ReadString();
                    break;
                // What the newest key says wins, in whatever order they stand.
                case "attrs" or "attr":
                    ReadAttributes(attributes, overwrite: true);
                    break;
                case "param":
                    ReadAttributes(attributes, overwrite: false);
                    break;
                case "inputs" when inputs.Count == 0:
                    ReadEntries(inputs);
                    break;
                case "control_deps" when dependencies.Count == 0:
                    ReadIntegers(dependencies);
                    break;
                case "backward_source_id":
                    _json.ReadInteger();
                    break;
                case "subgraphs":
                    throw _json.Error(
                        $"node '{name}' ({op}) has subgraphs: control flow of MXNet 1.3 and later is not supported"
                    );
                default:
                    throw Unexpected(key, "a node");
            }
        }

        if (op is null || name is null)
            throw _json.Error($"the node that ends here has no '{(op is null ? "op" : "name")}'");
        return new SymbolDocumentNode
        {
            Operator = op,
            Name = name,
            Attributes = attributes,
            Inputs = inputs,
            ControlDependencies = dependencies,
        };
    }

    private void ReadAttributes(Dictionary<string, string> attributes, bool overwrite)
    {
        bool isFirst = true;
        _json.BeginObject();
        while (_json.NextKey(ref isFirst, out string key))
        {
            string value = _json.ReadString();
            if (overwrite)
                attributes[key] = value;
            else
                attributes.TryAdd(key, value);
        }
    }

    private void ReadEntries(List<SymbolDocumentEntry> entries)
    {
        bool isFirst = true;
        _json.BeginArray();
        while (_json.NextItem(ref isFirst))
        {
            entries.Add(ReadEntry());
        }
    }

    /// <summary>[node, output] or [node, output, version].</summary>
    private SymbolDocumentEntry ReadEntry()
    {
        Span<int> numbers = stackalloc int[3];
        int count = 0;
        bool isFirst = true;
        _json.BeginArray();
        while (_json.NextItem(ref isFirst))
        {
            if (count == numbers.Length)
                throw _json.Error("an entry has two or three numbers");
            numbers[count++] = _json.ReadInteger();
        }

        return count >= 2
            ? new SymbolDocumentEntry(numbers[0], numbers[1], numbers[2])
            : throw _json.Error("an entry has two or three numbers");
    }

    private void ReadIntegers(List<int> numbers)
    {
        bool isFirst = true;
        _json.BeginArray();
        while (_json.NextItem(ref isFirst))
        {
            numbers.Add(_json.ReadInteger());
        }
    }

    private void ReadGraphAttributes(SymbolDocument document)
    {
        bool isFirst = true;
        _json.BeginObject();
        while (_json.NextKey(ref isFirst, out string key))
        {
            if (key != "mxnet_version")
            {
                _json.Skip();
                continue;
            }

            bool isFirstPart = true;
            _json.BeginArray();
            bool isInteger = _json.NextItem(ref isFirstPart) && _json.ReadString() == "int";
            if (!isInteger || !_json.NextItem(ref isFirstPart))
                throw _json.Error("""'mxnet_version' has the form ["int", 10000]""");
            document.Version = _json.ReadInteger();
            if (_json.NextItem(ref isFirstPart))
                throw _json.Error("""'mxnet_version' has the form ["int", 10000]""");
        }
    }

    private readonly FileFormatException Unexpected(string key, string where) =>
        _json.Error($"the key '{key}' is unknown in {where}, or there twice");
}
