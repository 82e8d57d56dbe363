using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>A recorded call of a frontend's function: forward has run there already, backward is a callback.</summary>
internal sealed unsafe class NativeFunction(CallbackList callbacks, NDArray[] inputs) : CustomFunction
{
    /// <summary>The place of the callback for backward.</summary>
    internal const int BackwardPlace = 0;

    /// <summary>The place of the callback that ends the list.</summary>
    internal const int DeletionPlace = 1;

    private readonly (Shape Shape, DType Type, Device Device)[] _inputs = Array.ConvertAll(
        inputs,
        input => (input.Shape, input.DType, input.Device)
    );

    protected override NDArray[] Forward(CustomFunctionCall call, NDArray[] inputs) =>
        throw new NotSupportedException("The frontend has run forward.");

    protected override NDArray?[] Backward(CustomFunctionCall call, NDArray[] outputGradients)
    {
        CallbackList.EndForgotten();
        NDArray[] gradients = Array.ConvertAll(_inputs, input => new NDArray(input.Shape, input.Type, input.Device));
        // What the frontend makes meanwhile is its own.
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        nint[] arrays =
        [
            .. outputGradients.Select(array => Handles.Add(array.Detach())),
            .. gradients.Select(array => Handles.Add(array.Detach())),
        ];
        int[] requests = new int[gradients.Length];
        Array.Fill(requests, 1);
        bool isDone;
        using (Autograd.Pause(Autograd.IsTraining))
        {
            fixed (nint* pointers = arrays)
            fixed (int* wanted = requests)
            {
                isDone =
                    (
                        (delegate* unmanaged[Cdecl]<int, int, nint*, int*, int, void*, int>)
                            callbacks.Function(BackwardPlace)
                    )(
                        outputGradients.Length,
                        gradients.Length,
                        pointers,
                        wanted,
                        Autograd.IsTraining ? 1 : 0,
                        callbacks.Context(BackwardPlace)
                    ) != 0;
            }
        }

        return isDone
            ? gradients
            : throw new EngineException("The backward of a recorded function failed; the frontend printed why.");
    }

    internal override void End(CustomFunctionCall call) => callbacks.Dispose();
}
