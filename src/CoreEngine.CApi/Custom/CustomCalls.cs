using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Operators and functions that frontends write.</summary>
internal static unsafe partial class CustomCalls
{
    internal static void MXCustomOpRegister(
        byte* opType,
        delegate* unmanaged[Cdecl]<byte*, int, byte**, byte**, MXCallbackList*, int> creator
    )
    {
        string name = Text.Read(opType, "op_type");
        if (name.Length == 0)
            throw new EngineException("'op_type' is empty; give the operator a name.");
        if (creator is null)
            throw new EngineException("'creator' is NULL; give the function that makes the operator.");
        CallbackList.EndForgotten();
        // An address is no pointer to the compiler of closures.
        nint create = (nint)creator;
        CustomOperator.Register(name, attributes => NativeOperator.Create(name, attributes, create));
    }

    internal static void MXCustomFunctionRecord(
        int numInputs,
        nint* inputs,
        int numOutputs,
        nint* outputs,
        MXCallbackList* callbacks
    )
    {
        NDArray[] arguments = Handles.Arrays(inputs, numInputs, nameof(inputs));
        NDArray[] results = Handles.Arrays(outputs, numOutputs, nameof(outputs));
        if (!Autograd.IsRecording)
            throw new EngineException("A function can be recorded only while autograd is recording.");
        CallbackList.EndForgotten();
        var list = CallbackList.Of(callbacks, NativeFunction.DeletionPlace, fewest: 2);
        new NativeFunction(list, arguments).Record(arguments, results);
    }
}
