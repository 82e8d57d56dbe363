using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>A call in a graph that is no part of an operation: it runs on the thread that runs the graph, at once.</summary>
/// <param name="Operator">What is called.</param>
/// <param name="Inputs">Its inputs; null where it does not read them.</param>
/// <param name="Outputs">Where results go; null where nobody wants them.</param>
/// <param name="Requests">What to do with each result.</param>
/// <param name="Results">Shapes and types of the results.</param>
internal sealed record CallerStep(
    BoundOperator Operator,
    NDArray?[] Inputs,
    NDArray?[] Outputs,
    Request[] Requests,
    (Shape Shape, DType Type)[] Results
)
{
    /// <summary>Calls it.</summary>
    /// <param name="device">Where arrays for what nobody wants are made.</param>
    /// <param name="isTraining">Whether this is part of a training pass.</param>
    internal void Run(Device device, bool isTraining)
    {
        var targets = new NDArray[Outputs.Length];
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] = Outputs[i] ?? new NDArray(Results[i].Shape, Results[i].Type, device);
        }

        CustomKernels.RunOnCaller(Operator, Inputs, targets, Requests, isTraining);
        for (int i = 0; i < targets.Length; i++)
        {
            if (Outputs[i] is null)
                targets[i].Dispose();
        }
    }
}
