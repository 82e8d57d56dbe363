using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>Records operator calls while autograd is recording.</summary>
internal static class Tape
{
    /// <summary>True when a call with these inputs would be recorded now.</summary>
    internal static bool Records(ReadOnlySpan<NDArray> inputs) => Autograd.IsRecording && AnyNeedsGradient(inputs);

    /// <summary>Records a call if a marked variable influences one of its inputs.</summary>
    internal static void Record(BoundOperator op, ReadOnlySpan<NDArray> inputs, ReadOnlySpan<NDArray?> outputs)
    {
        if (!Records(inputs))
            return;
        var entries = new NodeEntry[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            entries[i] = inputs[i].EntryForUse();
        }

        TapeNode.Call(op, entries, outputs);
    }

    /// <summary>Records a view as the differentiable operator that it amounts to.</summary>
    internal static void RecordView(NDArray source, NDArray view, string operatorName, IParameters parameters)
    {
        if (Autograd.IsRecording && AnyNeedsGradient([source]))
            Record(OperatorRegistry.Default[operatorName].Bind(parameters), [source], [view]);
    }

    /// <summary>Refuses to write into an array that the tape knows.</summary>
    internal static void CheckOutputs(BoundOperator op, ReadOnlySpan<NDArray?> outputs)
    {
        if (!Autograd.IsRecording)
            return;
        foreach (NDArray? output in outputs)
        {
            if (output?.NeedsGradient == true)
            {
                throw new OperatorException(
                    op.Name,
                    $"its output array {output.Shape} is part of the recorded graph; writing into it would lose the "
                        + "values that backward needs. Let it return a new array, or use Autograd.Pause()."
                );
            }
        }
    }

    private static bool AnyNeedsGradient(ReadOnlySpan<NDArray> inputs)
    {
        foreach (NDArray input in inputs)
        {
            if (input.NeedsGradient)
                return true;
        }

        return false;
    }
}
