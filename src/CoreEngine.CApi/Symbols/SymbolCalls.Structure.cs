using CoreEngine.Graphs;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <content>What symbols consist of, and composing them.</content>
internal static unsafe partial class SymbolCalls
{
    internal static void MXSymbolCompose(nint sym, byte* name, uint numArgs, byte** keys, nint* args)
    {
        SymbolHandle slot = Handles.SymbolSlot(sym, nameof(sym));
        string text = Text.Optional(name, nameof(name)) ?? "";
        Symbol[] inputs = ReadAll(args, numArgs, nameof(args));
        if (keys is null)
        {
            slot.Symbol = slot.Symbol.Compose(text, inputs);
            return;
        }

        string[] names = Text.ReadAll(keys, numArgs, nameof(keys));
        var named = new Dictionary<string, Symbol>(names.Length, StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            if (!named.TryAdd(names[i], inputs[i]))
                throw new EngineException($"The input '{names[i]}' is given twice.");
        }

        slot.Symbol = slot.Symbol.Compose(text, [], named);
    }

    internal static void NNSymbolCompose(nint sym, byte* name, uint numArgs, byte** keys, nint* args) =>
        MXSymbolCompose(sym, name, numArgs, keys, args);

    internal static void NNAddControlDeps(nint handle, nint srcDep)
    {
        SymbolHandle slot = Handles.SymbolSlot(handle, nameof(handle));
        slot.Symbol = slot.Symbol.After(Handles.Symbol(srcDep, "src_dep"));
    }

    internal static void MXSymbolGetInternals(nint symbol, nint* @out) =>
        Give(Handles.Symbol(symbol, nameof(symbol)).Internals(), @out);

    internal static void NNSymbolGetInternals(nint symbol, nint* @out) => MXSymbolGetInternals(symbol, @out);

    internal static void MXSymbolGetChildren(nint symbol, nint* @out) =>
        Give(Handles.Symbol(symbol, nameof(symbol)).Children(), @out);

    internal static void NNSymbolGetChildren(nint symbol, nint* @out) => MXSymbolGetChildren(symbol, @out);

    internal static void MXSymbolGetOutput(nint symbol, uint index, nint* @out)
    {
        Symbol value = Handles.Symbol(symbol, nameof(symbol));
        if (index >= (uint)value.Count)
            throw new EngineException($"The {value} has {value.Count} outputs; there is none with the index {index}.");
        Give(value[(int)index], @out);
    }

    internal static void NNSymbolGetOutput(nint symbol, uint index, nint* @out) =>
        MXSymbolGetOutput(symbol, index, @out);

    internal static void MXSymbolGetNumOutputs(nint symbol, uint* outputCount)
    {
        int count = Handles.Symbol(symbol, nameof(symbol)).Count;
        Pointers.Require(outputCount, "output_count");
        *outputCount = (uint)count;
    }

    internal static void NNSymbolGetNumOutputs(nint symbol, uint* outputCount) =>
        MXSymbolGetNumOutputs(symbol, outputCount);

    internal static void MXSymbolListArguments(nint symbol, uint* outSize, byte*** outStrArray) =>
        GiveTexts(Handles.Symbol(symbol, nameof(symbol)).ListArguments(), outSize, outStrArray);

    internal static void MXSymbolListAuxiliaryStates(nint symbol, uint* outSize, byte*** outStrArray) =>
        GiveTexts(Handles.Symbol(symbol, nameof(symbol)).ListAuxiliaryStates(), outSize, outStrArray);

    internal static void MXSymbolListOutputs(nint symbol, uint* outSize, byte*** outStrArray) =>
        GiveTexts(Handles.Symbol(symbol, nameof(symbol)).ListOutputs(), outSize, outStrArray);

    internal static void NNSymbolListOutputNames(nint symbol, uint* outSize, byte*** outStrArray) =>
        MXSymbolListOutputs(symbol, outSize, outStrArray);

    internal static void NNSymbolListInputNames(nint symbol, int option, uint* outSize, byte*** outStrArray) =>
        GiveTexts(
            [.. Variables(Handles.Symbol(symbol, nameof(symbol)), option).Select(node => node.Name)],
            outSize,
            outStrArray
        );

    internal static void NNSymbolListInputVariables(nint symbol, int option, uint* outSize, nint** outSymArray)
    {
        Node[] variables = Variables(Handles.Symbol(symbol, nameof(symbol)), option);
        Pointers.Require(outSize, "out_size");
        Pointers.Require(outSymArray, "out_sym_array");
        *outSymArray = ReturnBuffers.Nn.Handles(AddAll(variables));
        *outSize = (uint)variables.Length;
    }

    internal static void MXSymbolGetInputSymbols(nint sym, nint** inputs, int* inputSize)
    {
        Node[] variables = Variables(Handles.Symbol(sym, nameof(sym)), option: 0);
        Pointers.Require(inputs, nameof(inputs));
        Pointers.Require(inputSize, "input_size");
        *inputs = ReturnBuffers.Mx.Handles(AddAll(variables));
        *inputSize = variables.Length;
    }

    internal static void MXSymbolGrad(nint sym, uint numWrt, byte** wrt, nint* @out) =>
        throw new NotSupportedException(
            "MXSymbolGrad is not supported: MXNet 1.0.0 does not have it either. Bind the symbol with arrays for its "
                + "gradients, and call MXExecutorBackward."
        );

    internal static void MXSymbolCutSubgraph(nint sym, nint** inputs, int* inputSize) =>
        throw new NotSupportedException(
            "MXSymbolCutSubgraph is not supported: it serves the control flow operators (foreach, while_loop, cond) "
                + "that came after MXNet 1.0.0, and they are not part of this library."
        );

    /// <summary>A copy: mixed precision by operators of their own came after 1.0.0, so there is nothing to remove.</summary>
    internal static void MXSymbolRemoveAmpCast(nint symHandle, nint* retSymHandle) =>
        Give(Handles.Symbol(symHandle, "sym_handle").Copy(), retSymHandle);

    /// <summary>The variables: 0 all, 1 arguments, 2 auxiliary states.</summary>
    private static Node[] Variables(Symbol symbol, int option) =>
        option switch
        {
            0 => [.. symbol.Graph.Nodes.Where(node => node.IsVariable)],
            1 => [.. symbol.Graph.Arguments],
            2 => [.. symbol.Graph.AuxiliaryStates],
            _ => throw new EngineException(
                $"'option' is {option}; it must be 0 (all variables), 1 (arguments) or 2 (auxiliary states)."
            ),
        };

    private static nint[] AddAll(Node[] variables) =>
        Array.ConvertAll(variables, node => Handles.Add(new Symbol(new NodeEntry(node, 0))));

    private static void GiveTexts(IReadOnlyList<string> texts, uint* outSize, byte*** outStrArray)
    {
        Pointers.Require(outSize, "out_size");
        Pointers.Require(outStrArray, "out_str_array");
        *outStrArray = ReturnBuffers.Nn.Texts(texts);
        *outSize = (uint)texts.Count;
    }
}
