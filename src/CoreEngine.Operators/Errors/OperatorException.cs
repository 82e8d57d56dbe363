namespace CoreEngine.Operators;

/// <summary>An operator was used wrongly. The message names the operator, the argument and the remedy.</summary>
public class OperatorException : EngineException
{
    /// <summary>An error of the operator with this name.</summary>
    public OperatorException(string operatorName, string message, Exception? inner = null)
        : base($"{operatorName}: {message}", inner)
    {
        OperatorName = operatorName;
    }

    /// <summary>The operator's canonical name.</summary>
    public string OperatorName { get; }
}

/// <summary>An attribute is missing, unknown, or its text is not a value of its type.</summary>
public sealed class AttributeException : OperatorException
{
    /// <summary>An error about one attribute.</summary>
    public AttributeException(string operatorName, string attribute, string message)
        : base(operatorName, message)
    {
        Attribute = attribute;
    }

    /// <summary>The attribute's name.</summary>
    public string Attribute { get; }
}

/// <summary>The shapes of the arguments do not fit each other or the operator.</summary>
public sealed class ShapeMismatchException(string operatorName, string message)
    : OperatorException(operatorName, message);

/// <summary>The element types of the arguments do not fit each other or the operator.</summary>
public sealed class TypeMismatchException(string operatorName, string message)
    : OperatorException(operatorName, message);

/// <summary>The storage types of the arguments do not fit each other or the operator.</summary>
public sealed class StorageTypeException(string operatorName, string message)
    : OperatorException(operatorName, message);

/// <summary>No operator has this name.</summary>
public sealed class UnknownOperatorException(string operatorName, string suggestions)
    : OperatorException(operatorName, $"there is no operator with this name.{suggestions}");
