using System.Runtime.InteropServices;
using CoreEngine.Runtime;

namespace CoreEngine.CApi.Tests.Symbols;

/// <summary>Symbols and executors as C uses them.</summary>
[TestClass]
public sealed unsafe class SymbolCallsTests
{
    /// <summary>Composing changes what a handle stands for, and no other handle of the same symbol.</summary>
    [TestMethod]
    public void ComposingHappensInPlace()
    {
        nint op = Atomic("FullyConnected", ("num_hidden", "4"));
        nint other;
        SymbolCalls.MXShallowCopySymbol(op, &other);
        nint data = Variable("x");
        using var name = new Native("fc");
        using var key = new Native("data");
        byte* keys = key.Text;
        SymbolCalls.MXSymbolCompose(op, name.Text, 1, &keys, &data);
        CollectionAssert.AreEqual(new[] { "x", "fc_weight", "fc_bias" }, Arguments(op));
        Assert.IsEmpty(Arguments(other));
        Free(op, other, data);
    }

    /// <summary>A failing call leaves handle and results alone.</summary>
    [TestMethod]
    public void AFailureChangesNothing()
    {
        nint op = Atomic("exp");
        nint data = Variable("x");
        Assert.Throws<EngineException>(() => Compose(op, "no_such_input", data));
        Assert.IsEmpty(Arguments(op));
        Assert.AreEqual(42, OutputOrWhatWasThere(data, 7, 42));
        Free(op, data);
    }

    /// <summary>Shapes by place and by name, in 32 and 64 bits; what is not known has rank 0.</summary>
    [TestMethod]
    public void ShapesAreDeduced()
    {
        nint op = Atomic("FullyConnected", ("num_hidden", "4"));
        nint data = Variable("x");
        SymbolCalls.MXSymbolCompose(op, null, 1, null, &data);
        using var name = new Native("x");
        byte* names = name.Text;
        uint* offsets = stackalloc uint[] { 0, 2 };
        uint* extents = stackalloc uint[] { 2, 3 };
        for (int i = 0; i < 2; i++)
        {
            byte** keys = i == 0 ? null : &names;
            uint inCount,
                outCount,
                auxCount;
            uint* inRanks,
                outRanks,
                auxRanks;
            uint** inShapes,
                outShapes,
                auxShapes;
            int complete;
            SymbolCalls.MXSymbolInferShape(
                op,
                1,
                keys,
                offsets,
                extents,
                &inCount,
                &inRanks,
                &inShapes,
                &outCount,
                &outRanks,
                &outShapes,
                &auxCount,
                &auxRanks,
                &auxShapes,
                &complete
            );
            Assert.AreEqual(1, complete);
            Assert.AreEqual(3u, inCount);
            Assert.AreEqual((4u, 3u), (inShapes[1][0], inShapes[1][1]));
            Assert.AreEqual((2u, 4u), (outShapes[0][0], outShapes[0][1]));
            Assert.AreEqual(0u, auxCount);
        }

        nuint wideIn,
            wideOut,
            wideAux;
        int* wideInRanks,
            wideOutRanks,
            wideAuxRanks;
        long** wideInShapes,
            wideOutShapes,
            wideAuxShapes;
        int wideComplete;
        SymbolCalls.MXSymbolInferShapeEx64(
            op,
            0,
            null,
            null,
            null,
            &wideIn,
            &wideInRanks,
            &wideInShapes,
            &wideOut,
            &wideOutRanks,
            &wideOutShapes,
            &wideAux,
            &wideAuxRanks,
            &wideAuxShapes,
            &wideComplete
        );
        Assert.AreEqual(0, wideComplete);
        Assert.AreEqual(0, wideInRanks[0]);
        offsets[1] = 1u << 30;
        Assert.Throws<EngineException>(() =>
        {
            uint n;
            uint* r;
            uint** s;
            int c;
            SymbolCalls.MXSymbolInferShape(op, 1, null, offsets, extents, &n, &r, &s, &n, &r, &s, &n, &r, &s, &c);
        });
        Free(op, data);
    }

    /// <summary>An executor on new arrays: its handles outlive it, in any order.</summary>
    [TestMethod]
    public void SimpleBindGivesArraysThatOutliveTheExecutor()
    {
        nint op = Atomic("_mul_scalar", ("scalar", "3"));
        nint data = Variable("x");
        SymbolCalls.MXSymbolCompose(op, null, 1, null, &data);
        using var name = new Native("x");
        using var write = new Native("write");
        byte* names = name.Text;
        byte* words = write.Text;
        uint* extents = stackalloc uint[] { 2 };
        uint* offsets = stackalloc uint[] { 0, 1 };
        uint argumentCount = 0,
            stateCount = 77;
        nint* arguments,
            gradients,
            states;
        byte** poolNames;
        nint* poolArrays;
        int poolLength = 0;
        nint executor;
        ExecutorCalls.MXExecutorSimpleBind(
            op,
            1,
            0,
            0,
            null,
            null,
            null,
            0,
            null,
            &words,
            1,
            &names,
            extents,
            offsets,
            0,
            null,
            null,
            0,
            null,
            null,
            0,
            null,
            &poolLength,
            null,
            null,
            &poolNames,
            &poolArrays,
            &argumentCount,
            &arguments,
            &gradients,
            &stateCount,
            &states,
            0,
            &executor
        );
        Assert.AreEqual(1u, argumentCount);
        Assert.AreEqual(0u, stateCount);
        Assert.AreEqual(2, poolLength);
        NDArray argument = CApi.Handles.Array(arguments[0], "x");
        NDArray gradient = CApi.Handles.Array(gradients[0], "gradient");
        nint[] all = [arguments[0], gradients[0], poolArrays[0], poolArrays[1]];
        argument.Fill(5);
        ExecutorCalls.MXExecutorForward(executor, 1);
        uint outputCount;
        nint* outputs;
        ExecutorCalls.MXExecutorOutputs(executor, &outputCount, &outputs);
        nint output = outputs[0];
        ExecutorCalls.MXExecutorBackward(executor, 0, null);
        ExecutorCalls.MXExecutorFree(executor);
        CollectionAssert.AreEqual(new float[] { 15, 15 }, CApi.Handles.Array(output, "output").ToArray<float>());
        CollectionAssert.AreEqual(new float[] { 3, 3 }, gradient.ToArray<float>());
        nint freed = executor;
        Assert.Throws<HandleException>(() => ExecutorCalls.MXExecutorForward(freed, 0));
        foreach (nint handle in (nint[])[.. all, output])
        {
            NDArrayCalls.MXNDArrayFree(handle);
        }

        Free(op, data);
    }

    /// <summary>A graph's passes write a symbol to a note and read it back.</summary>
    [TestMethod]
    public void GraphsGoThroughJson()
    {
        nint data = Variable("a \"name\"");
        nint graph,
            passed,
            symbol;
        GraphCalls.NNGraphCreate(data, &graph);
        using var save = new Native("SaveJSON");
        using var load = new Native("LoadJSON");
        byte** passes = stackalloc byte*[] { save.Text, load.Text };
        GraphCalls.NNGraphApplyPasses(graph, 2, passes, &passed);
        GraphCalls.NNGraphGetSymbol(passed, &symbol);
        CollectionAssert.AreEqual(new[] { "a \"name\"" }, Arguments(symbol));
        using var key = new Native("json");
        byte* json;
        int success;
        GraphCalls.NNGraphGetJSONAttr(graph, key.Text, &json, &success);
        Assert.AreEqual(0, success);
        GraphCalls.NNGraphGetJSONAttr(passed, key.Text, &json, &success);
        Assert.AreEqual(1, success);
        nint noted = graph;
        using var malformed = new Native("[1]");
        Assert.Throws<EngineException>(() => GraphCalls.NNGraphSetJSONAttr(noted, key.Text, malformed.Text));
        GraphCalls.NNGraphFree(graph);
        GraphCalls.NNGraphFree(passed);
        Free(data, symbol);
    }

    private static nint Atomic(string name, params (string Key, string Value)[] attributes)
    {
        using var text = new Native(name);
        nint op,
            symbol;
        OperatorCalls.NNGetOpHandle(text.Text, &op);
        Native[] keys = [.. attributes.Select(pair => new Native(pair.Key))];
        Native[] values = [.. attributes.Select(pair => new Native(pair.Value))];
        byte** keyTexts = stackalloc byte*[keys.Length + 1];
        byte** valueTexts = stackalloc byte*[keys.Length + 1];
        for (int i = 0; i < keys.Length; i++)
        {
            keyTexts[i] = keys[i].Text;
            valueTexts[i] = values[i].Text;
        }

        SymbolCalls.MXSymbolCreateAtomicSymbol(op, (uint)keys.Length, keyTexts, valueTexts, &symbol);
        foreach (Native native in (Native[])[.. keys, .. values])
        {
            native.Dispose();
        }

        return symbol;
    }

    private static nint Variable(string name)
    {
        using var text = new Native(name);
        nint symbol;
        SymbolCalls.MXSymbolCreateVariable(text.Text, &symbol);
        return symbol;
    }

    private static void Compose(nint symbol, string key, nint argument)
    {
        using var text = new Native(key);
        byte* keys = text.Text;
        SymbolCalls.MXSymbolCompose(symbol, null, 1, &keys, &argument);
    }

    private static nint OutputOrWhatWasThere(nint symbol, uint index, nint before)
    {
        nint result = before;
        try
        {
            SymbolCalls.MXSymbolGetOutput(symbol, index, &result);
        }
        catch (EngineException)
        {
            return result;
        }

        return -1;
    }

    private static string[] Arguments(nint symbol)
    {
        uint count;
        byte** texts;
        SymbolCalls.MXSymbolListArguments(symbol, &count, &texts);
        string[] names = new string[count];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = Marshal.PtrToStringUTF8((nint)texts[i])!;
        }

        return names;
    }

    private static void Free(params nint[] symbols)
    {
        foreach (nint symbol in symbols)
        {
            SymbolCalls.MXSymbolFree(symbol);
        }
    }

    /// <summary>A text in native memory.</summary>
    private sealed class Native(string text) : IDisposable
    {
        internal byte* Text { get; } = (byte*)Marshal.StringToCoTaskMemUTF8(text);

        public void Dispose() => Marshal.FreeCoTaskMem((nint)Text);
    }
}
